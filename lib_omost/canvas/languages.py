"""Translation of words for places, sizes and colours into English, for matching with the vocabulary.

The languages are Chinese, Japanese, Korean, Russian, German, French, Spanish, Italian, Portuguese and Polish. A phrase
is translated only if every word of it is known, because a half-understood phrase may mean something else.
"""

from __future__ import annotations

import re
from functools import cache

# English, then the words of all languages. A word that ends with "-" is a stem, because endings differ by gender and
# case. Chinese, Japanese and Korean words are found inside texts without blanks.
_TABLE = """
left: 左边 左侧 左方 左 왼쪽 좌측 слева лев- links linke- linken gauche izquierd- sinistr- esquerd-
  lewej lewo lewy lewa
right: 右边 右侧 右方 右 오른쪽 우측 справа прав- rechts rechte- droite droit derech- destr- direit-
  prawej prawo praw-
top: 上方 上边 上部 顶部 上 위쪽 상단 위 сверху верх- oben obere- haut arriba superior alto cima
  superiore góra górn- górze
bottom: 下方 下边 下部 底部 下 아래쪽 하단 아래 снизу ниж- внизу unten untere- bas abajo inferior- basso
  baixo dół doln- dole
center: 中间 中央 中心 正中 真ん中 가운데 중앙 центр- посередин- mitte zentrum centre centro centr- środk- środek
slightly: 稍微 稍 略 少し やや 약간 немного слегка чуть etwas leicht légèrement ligeramente leggermente
  ligeiramente lekko
no: 没有 无 无偏移 なし 없음 нет без kein- ohne aucun- sans ningun- sin nessun- senza nenhum- sem brak bez
offset: 偏移 移动 ずれ オフセット 이동 смещени- сдвиг- versatz décalage desplazamiento spostamento
  deslocamento przesunięci-
small: 小型 小 小さい 小さな 작은 маленьк- небольш- klein- petit- pequeñ- piccol- pequen- mał-
medium-sized: 中等 中型 中等大小 中くらいの 중간 средн- mittel- mittler- moyen- median- mediano medi- średni-
large: 大型 大 大きい 大きな 큰 больш- groß- grand- grande- dużo duż- wielk-
square: 正方形 方形 四角い 四角 정사각형 квадрат- quadrat- carré- cuadrad- quadratisch- quadrad- kwadrat-
vertical: 垂直 纵向 竖直 縦長の 縦長 세로 вертикальн- vertikal- senkrecht- vertical- verticale- pionow-
horizontal: 水平 横向 横長の 横長 가로 горизонтальн- horizontal- waagerecht- orizzontal- poziom-
area: 区域 面积 区块 領域 エリア 영역 구역 област- участок bereich- fläche zone aire área zona region- obszar-
red: 红色 红 赤色 赤 빨간색 빨강 красн- rot- rouge- roj- ross- vermelh- czerwon-
green: 绿色 绿 緑色 緑 초록색 녹색 зелен- зелён- grün- vert- verde- zielon-
blue: 蓝色 蓝 青色 青 파란색 파랑 син- blau- bleu- azul- blu niebiesk-
yellow: 黄色 黄 노란색 노랑 желт- жёлт- gelb- jaune- amarill- giall- amarel- żółt-
orange: 橙色 橙 オレンジ色 オレンジ 주황색 주황 оранжев- orangefarben- naranja- arancion- laranja- pomarańczow-
purple: 紫色 紫 보라색 보라 фиолетов- пурпурн- lila violett- pourpre- violet- morad- viola rox- fioletow-
pink: 粉红色 粉色 粉红 ピンク色 ピンク 분홍색 분홍 розов- rosa rosé rose- rosad- różow-
brown: 棕色 褐色 棕 茶色 갈색 коричнев- braun- brun- marron- marrón- marron- castanh- brązow-
gray: 灰色 灰 グレー 회색 сер- grau- gris- grigi- cinza- cinzent- szar-
black: 黑色 黑 黒色 黒 검은색 검정 черн- чёрн- schwarz- noir- negr- ner- pret- czarn-
white: 白色 白 흰색 하양 бел- weiß- weiss- blanc- bianc- branc- biał-
gold: 金色 金 금색 золот- golden- gold- doré- dorad- dorat- dourad- oro złot-
silver: 银色 银 銀色 銀 은색 серебр- silber- argent- plate- plata argento prata srebrn-
beige: 米色 ベージュ 베이지색 베이지 бежев- beige- beżow-
turquoise: 青绿色 绿松石色 ターコイズ 청록색 бирюзов- türkis- turquoise- turques- turches- turkus-
navy: 海军蓝 藏青色 紺色 紺 남색 тёмно-синий marineblau- marine azul-marino granatow-
maroon: 栗色 酒红色 えんじ色 적갈색 бордов- weinrot- bordeaux granate bordô bordow-
olive: 橄榄色 オリーブ色 올리브색 оливков- oliv- oliva oliwkow-
skyblue: 天蓝色 天空色 空色 水色 하늘색 голуб- himmelblau- bleu-ciel celeste- azzurr- błękitn-
ivory: 象牙色 アイボリー 아이보리 слонов- elfenbein- ivoire marfil avorio marfim kości-słoniowej
dark: 深 暗 暗い 濃い 진한 어두운 тёмн- темн- dunkel- dunkl- foncé- sombre- oscur- scur- escur- ciemn-
light: 浅 淡 亮 薄い 明るい 연한 밝은 светл- hell- clair- clar- chiar- jasn-
"""
_FILLERS = (
    "的 在 向 偏 地 に の で へ を 寄り 側 色 에 에서 으로 한 색 на в во к с и der die das den dem ein "
    "eine einen einer im in "
    "am an auf nach zu zum und von le la les l un une de du des d à a au en dans sur vers et côté el los "
    "las al del lo il gli nel nella alla ao do da no na os as em para o po w we z ze i lado parte seite "
    "strona stronie część части сторон стороне цвет цвета farbe color colore cor kolor couleur"
)
_LINES = _TABLE.strip().replace("\n  ", " ").split("\n")
_ENGLISH = frozenset(line.partition(":")[0] for line in _LINES)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEAST_STEM = 3
_LONGEST_ENDING = 3


@cache
def _tables() -> tuple[dict[str, str], dict[str, str], tuple[tuple[str, str], ...]]:
    """Whole words, stems, and words of scripts without blanks, the longest first."""
    whole: dict[str, str] = dict.fromkeys(_FILLERS.split(), "")
    stems: dict[str, str] = {}
    for line in _LINES:
        english, _, words = line.partition(":")
        for word in words.split():
            if word.endswith("-"):
                stems.setdefault(word[:-1], english)
            else:
                whole.setdefault(word, english)
    inner = {word: english for word, english in whole.items() if _CJK.search(word)}
    return whole, stems, tuple(sorted(inner.items(), key=lambda item: -len(item[0])))


def translated(text: str) -> str:
    """A phrase for a place, size or colour, in English; "" if any of its words is unknown."""
    whole, stems, inner = _tables()
    plain = text[:120].casefold()
    if _CJK.search(plain):
        for word, english in inner:
            plain = plain.replace(word, f" {english} ")
    found: list[str] = []
    for word in _WORD.findall(plain.replace("'", " ").replace("’", " ")):
        if word.isascii() and word in _ENGLISH:
            found.append(word)
            continue
        english_word = whole.get(word)
        if english_word is None:
            lengths = range(len(word), max(_LEAST_STEM, len(word) - _LONGEST_ENDING) - 1, -1)
            english_word = next((stems[word[:length]] for length in lengths if word[:length] in stems), None)
        if english_word is None:
            return ""
        found.append(english_word)
    return " ".join(filter(None, found))
