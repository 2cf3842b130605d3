"""Records what other scorers say about invented meetings: the numbers that test/bench checks ours against.

    python3 -m venv VENV
    VENV/bin/pip install meeteval==0.4.3 whisper-normalizer==0.1.15
    apt-get install sctk                                  # 2.4.10, for `sctk md-eval` and `sctk sclite`
    VENV/bin/python bench/record_reference_scores.py > test/fixtures/bench/reference-scores.json

Texts and edits are our own and deterministic: running it again gives the same file.
"""

import json
import pathlib
import random
import re
import subprocess
import tempfile
from importlib.metadata import version

import meeteval
from whisper_normalizer.english import EnglishTextNormalizer

SPEAKERS = ["Ada", "Bo", "Cleo", "Dev"]
LINES = [
    "we should move the harvest report to friday since the scales are broken",
    "no i don't think the buyers will wait until friday",
    "could somebody call them and ask for two more days",
    "i can do that after lunch if nobody else wants to",
    "good then the second thing is the barn roof",
    "it leaks again right above the seed store",
    "the carpenter asked for four hundred and he starts next week",
    "four hundred is fine but he must bring his own ladder this time",
    "last but not least the goats",
    "they were in the orchard again and they ate nine young pear trees",
    "the fence is fine somebody left the gate open",
    "it was me i am sorry i will pay for the trees",
    "nobody wants your money just close the gate",
    "all right is there anything else for today",
    "nothing from me",
    "same here see you on thursday",
]
#: How far, in seconds, a diarizer's starts and ends are from where they should be.
SHIFTS = [-0.4, -0.1, 0, 0.2, 0.6]
#: What a recogniser puts in the place of a word, or between words.
OTHER_WORDS = "the a and then so maybe boat goat hundred today door leaf".split()

NORMALIZE = EnglishTextNormalizer()
NORMALIZER_TEXTS = [
    "Hello, World! It's ten o'clock, isn't it?",
    "Um, I'm gonna call Mr. Miller; he won't be there, uh, I guess.",
    "We can't wait. Let's go, y'all! They'd gone home, she'd like to stay, he's been ill and who's got time?",
    "[noise] So (laughs) that was <unk> it.",
    "Twenty five people paid twenty-five dollars, and two hundred and ten paid fifty cents.",
    "In nineteen eighty four it was one oh one degrees, on the twenty first of March, two thousand and nine.",
    "The budget is $38,000 or 2.5 million, not three point seven per cent, and not 12 percent.",
    "Call five five five, double two, triple seven.",
    "First, second, third, fourth; the nineties and the 1960s; thirty-second street.",
    "One of the ones said zero point five is minus three, plus four.",
    "Two and a half thousand metres; a minute and a half.",
    "My favourite colour is grey. We organised the theatre programme and analysed its dialogue.",
    "Travelling by aeroplane, the councillors cancelled the defence of the centre's catalogue.",
    "The café's naïve résumé cost £2 and 7 cents, or €5.",
    "Forty-two out of forty-five units passed, that's 93.3%, i.e. three failed.",
    "Dr. Smith and Prof. Jones, St. Mary's Jr., the 3rd rep.",
    "I'd've said wanna, kinda, dunno, 'cause I shoulda.",
    "One hundred thousand, seven hundred and sixty two million four thousand and eleven.",
    "A 5G phone, a b2b deal, at 10am on the 4th.",
]


def edit(words, rng, rate):
    """Deletes, replaces and adds words, each at a third of the rate."""
    edited = []
    for word in words:
        chance = rng.random() * 3
        if chance < rate:
            continue
        edited.append(rng.choice(OTHER_WORDS) if chance < 2 * rate else word)
        if rng.random() * 3 < rate:
            edited.append(rng.choice(OTHER_WORDS))
    return edited


def invent_meeting(seed, utterances, speakers):
    rng = random.Random(seed)
    start = 0.5
    meeting = []
    for index in range(utterances):
        words = LINES[(index + seed) % len(LINES)].split()
        length = round(0.31 * len(words), 3)
        speaker, end = rng.choice(SPEAKERS[:speakers]), round(start + length, 3)
        meeting.append({"speaker": speaker, "start": round(start, 3), "end": end, "text": " ".join(words)})
        start += length + rng.choice([-0.8, 0.1, 0.4, 1.3])  # the next one may begin before this one ends
    return meeting


def mishear(meeting, seed, rate, voices, wrong_voice):
    rng = random.Random(seed)
    heard = []
    for utterance in meeting:
        voice = SPEAKERS.index(utterance["speaker"]) % voices
        if rng.random() < wrong_voice:
            voice = rng.randrange(voices)
        text = " ".join(edit(utterance["text"].split(), rng, rate))
        start = max(0, utterance["start"] + rng.choice(SHIFTS))
        end = max(start + 0.1, utterance["end"] + rng.choice(SHIFTS))
        heard.append({"speaker": f"v{voice}", "start": round(start, 3), "end": round(end, 3), "text": text})
    return sorted(heard, key=lambda utterance: utterance["start"])


def join(utterances):
    return NORMALIZE(" ".join(u["text"] for u in sorted(utterances, key=lambda u: u["start"]))).strip()


def by_speaker(utterances):
    names = dict.fromkeys(u["speaker"] for u in utterances)
    return {name: join([u for u in utterances if u["speaker"] == name]) for name in names}


def counts(rate):
    names = {"words": "length", "substitutions": "substitutions", "deletions": "deletions", "insertions": "insertions"}
    return {ours: getattr(rate, theirs) for ours, theirs in names.items()} | {"errors": rate.errors}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sclite_errors(reference, hypothesis, folder):
    (folder / "ref.trn").write_text(join(reference) + " (x_1)\n")
    (folder / "hyp.trn").write_text(join(hypothesis) + " (x_1)\n")
    report = run("sctk", "sclite", "-r", folder / "ref.trn", "trn", "-h", folder / "hyp.trn", "trn", "-i", "rm", "-o", "rsum", "stdout")
    return int(re.search(r"\|\s*Sum\s*\|[^|]*\|\s*\d+\s+\d+\s+\d+\s+\d+\s+(\d+)", report)[1])


def md_eval(reference, hypothesis, duration, collar, folder):
    for name, utterances in (("ref", reference), ("hyp", hypothesis)):
        lines = [
            f"SPEAKER x 1 {u['start']:.3f} {u['end'] - u['start']:.3f} <NA> <NA> {u['speaker']} <NA> <NA>\n" for u in utterances
        ]
        (folder / f"{name}.rttm").write_text("".join(lines))
    (folder / "x.uem").write_text(f"x 1 0.000 {duration:.3f}\n")
    report = run("sctk", "md-eval", "-c", str(collar), "-u", folder / "x.uem", "-r", folder / "ref.rttm", "-s", folder / "hyp.rttm")
    seconds = lambda name: float(re.search(rf"{name}\s*=\s*([\d.]+) secs", report)[1])
    return {
        "scoredSeconds": seconds("SCORED SPEAKER TIME"),
        "missedSeconds": seconds("MISSED SPEAKER TIME"),
        "falseAlarmSeconds": seconds("FALARM SPEAKER TIME"),
        "confusedSeconds": seconds("SPEAKER ERROR TIME"),
        "percent": float(re.search(r"OVERALL SPEAKER DIARIZATION ERROR = ([\d.]+) percent", report)[1]),
    }


def record(name, seed, utterances, speakers, rate, voices, wrong_voice, folder):
    reference = invent_meeting(seed, utterances, speakers)
    hypothesis = mishear(reference, seed + 100, rate, voices, wrong_voice)
    duration = round(max(u["end"] for u in reference + hypothesis) + 2, 3)
    cp = meeteval.wer.cp_word_error_rate(by_speaker(reference), by_speaker(hypothesis))
    return {
        "name": name,
        "duration": duration,
        "reference": reference,
        "hypothesis": hypothesis,
        "wer": counts(meeteval.wer.siso_word_error_rate(join(reference), join(hypothesis))),
        "scliteErrors": sclite_errors(reference, hypothesis, folder),
        "cpwer": counts(cp),
        "der": md_eval(reference, hypothesis, duration, 0, folder),
        "derCollar250": md_eval(reference, hypothesis, duration, 0.25, folder),
    }


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        meetings = [
            record("two speakers, few errors", 1, 8, 2, 0.1, 2, 0, folder),
            record("four speakers, many errors", 2, 24, 4, 0.6, 4, 0.3, folder),
            record("fewer voices than speakers", 3, 16, 4, 0.3, 2, 0.2, folder),
            record("more voices than speakers", 4, 16, 2, 0.3, 4, 0.5, folder),
            record("one voice for three speakers", 5, 12, 3, 0.2, 1, 0, folder),
            record("every voice at random", 6, 40, 4, 0.2, 4, 1, folder),
        ]
    report = json.dumps(
        {
            "madeBy": "bench/record_reference_scores.py",
            "versions": {
                "meeteval": version("meeteval"),
                "whisper-normalizer": version("whisper-normalizer"),
                "sctk": run("dpkg-query", "-W", "-f", "${Version}", "sctk"),
            },
            "normalizer": [{"text": text, "words": NORMALIZE(text).split()} for text in NORMALIZER_TEXTS],
            "meetings": meetings,
        },
        indent=1,
        ensure_ascii=False,
    )
    print(report)


if __name__ == "__main__":
    main()
