"""The look of the page: a plain theme with system fonts, so that nothing is fetched from other sites."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

HERE = Path(__file__).parent
STYLES = [HERE / "style.css", HERE / "workspace.css", *sorted(HERE.glob("*/*.css"))]
"""The shared style sheets, then those of each widget."""
DOCUMENT_STYLE = HERE / "document.css"
"""The style sheet of the document around gradio's element."""
SCRIPTS = [HERE / "reach.js", HERE / "chat" / "fold.js", HERE / "chat" / "pencil.js"]
"""The scripts of the whole page: keyboard access, accessible names for components of gradio, folds of code, pencils of
pictures."""


def make_theme() -> gr.themes.Base:
    return gr.themes.Default(
        primary_hue="indigo",
        secondary_hue="indigo",
        neutral_hue="slate",
        radius_size="lg",
        spacing_size="md",
        font=["system-ui", "-apple-system", "Segoe UI", "sans-serif"],
        font_mono=["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"],
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        block_shadow="none",
        button_border_width="1px",
        button_border_width_dark="1px",
        button_primary_border_color="*primary_600",
        button_primary_border_color_dark="*primary_600",
        button_secondary_background_fill="white",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_border_color="*neutral_300",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_border_color_dark="*neutral_600",
        body_text_color_subdued="*neutral_500",
        link_text_color_dark="*secondary_300",
        # An unchecked box must be visible, too.
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_400",
        # In dark mode the default primary button has too little contrast with its text.
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_700",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
    )
