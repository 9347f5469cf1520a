"""Many articles, recombined from the sentences of a corpus: JSON Lines, written as they are made.

    python benchmarks/million.py CORPUS FILE [--articles 1000000] [--seed 1]

CORPUS is JSON Lines with a "text" each. An article takes the length of one of its texts, drawn by
chance, and sentences of 2,000 texts drawn by chance, so that words and lengths are those of the
corpus but no text is one of its own. Each has a number in its title, so that no two are equal.
"""

import argparse
import json
import random
import re
from itertools import islice
from pathlib import Path

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_POOL = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with options.corpus.open(encoding="utf-8") as corpus:
        known = [json.loads(line)["text"] for line in islice(corpus, 50_000)]
    texts = chance.sample(known, min(len(known), _POOL))
    lengths = [len(text) for text in known]
    sentences = [sentence for text in texts for sentence in _SENTENCE.findall(text)]
    with options.file.open("w", encoding="utf-8") as file:
        for number in range(options.articles):
            file.write(json.dumps(article(number, lengths, sentences, chance), ensure_ascii=False))
            file.write("\n")


def article(
    number: int, lengths: list[int], sentences: list[str], chance: random.Random
) -> dict[str, str]:
    most, length = chance.choice(lengths), 0
    chosen: list[str] = []
    while length < most or not chosen:
        chosen.append(chance.choice(sentences))
        length += len(chosen[-1])
    day = number % 3650
    return {
        "title": f"第{number}篇：{chosen[0][:20]}",
        "date": f"{2014 + day // 365}-{day % 365 // 31 + 1:02}-{day % 28 + 1:02}",
        "text": "\n".join("".join(chosen[n : n + 4]) for n in range(0, len(chosen), 4)),
    }


if __name__ == "__main__":
    main()
