"""compare.py SEAL_PAYLOADS: section 16 of docs/ledger-format.md from its text and Python's cryptography
alone, held against the program: keys, payloads of all lengths about the chunk's, and changed ones."""
import hashlib, hmac, os, random, subprocess, sys
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK, TAG, HEADER = 16384, 16, 56


def expand(prk, info, length, hash_name):
    out, block = b"", b""
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([len(out) // hashlib.new(hash_name).digest_size + 1]),
                         hash_name).digest()
        out += block
    return out[:length]


def payload_key(subject_key, nonce):
    prk = hmac.new(nonce, subject_key, "sha256").digest()
    return expand(prk, b"tidewaiter/v1/ev\0" + bytes(4), 32, "sha256")


def derive(key, salt, context):
    okm = expand(key, b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context, 76, "sha512")
    return AESGCM(okm[:32]), int.from_bytes(okm[32:44], "big"), okm[44:]


def seal(key, context, salt, text):
    aead, nonce, commitment = derive(key, salt, context)
    chunks = [text[at:at + CHUNK] for at in range(0, len(text) + 1, CHUNK)]
    return salt + commitment + b"".join(
        aead.encrypt((nonce ^ i).to_bytes(12, "big"), chunk, None) for i, chunk in enumerate(chunks))


def opened(key, context, payload):
    aead, nonce, commitment = derive(key, payload[:24], context)
    if payload[24:HEADER] != commitment:
        return None
    text, rest = b"", payload[HEADER:]
    for i in range(len(rest) // (CHUNK + TAG) + 1):
        chunk = rest[i * (CHUNK + TAG):(i + 1) * (CHUNK + TAG)]
        try:
            text += aead.decrypt((nonce ^ i).to_bytes(12, "big"), chunk, None)
        except (InvalidTag, ValueError):
            return None
    return text


def changed(payload):
    """A bit flipped, a piece cut out, put elsewhere or said twice."""
    at, to = sorted((random.randrange(len(payload)), random.randrange(len(payload) + 1)))
    piece = CHUNK + TAG
    kind = random.randrange(5)
    if kind == 0:
        return payload[:at] + bytes([payload[at] ^ 1 << random.randrange(8)]) + payload[at + 1:]
    if kind == 1:
        return payload[:at] + payload[to:]
    if kind == 2:
        return payload[:HEADER] + payload[HEADER + piece:HEADER + 2 * piece] + payload[HEADER:]
    if kind == 3:
        return payload[:HEADER + piece * random.randrange(3)]
    return payload + payload[at:to]


def main():
    seed = os.environ.get("TIDEWAITER_SEED") or str(random.SystemRandom().randrange(2**32))
    print(f"seed {seed} (TIDEWAITER_SEED repeats it)", flush=True)
    random.seed(seed)
    digits = lambda data: data.hex() or "-"
    jobs, expected = [], []
    lengths = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1]
    for number in range(300):
        key, nonce, salt = random.randbytes(32), random.randbytes(16), random.randbytes(24)
        context = b"tidewaiter/v1/evidence\0" + nonce
        jobs.append(f"key {digits(key)} {digits(nonce)}")
        expected.append(f"{payload_key(key, nonce).hex()} {context.hex()}")
        key = payload_key(key, nonce)
        text = random.randbytes(lengths[number] if number < len(lengths) else random.randrange(3 * CHUNK))
        payload = seal(key, context, salt, text)
        jobs.append(f"seal {digits(key)} {digits(context)} {digits(salt)} {digits(text)}")
        expected.append(digits(payload))
        for other in (payload, changed(payload), changed(payload)):
            jobs.append(f"open {digits(key)} {digits(context)} {digits(other)}")
            found = opened(key, context, other)
            expected.append("refused" if found is None else f"text {digits(found)}")
    answers = subprocess.run([sys.argv[1]], input="\n".join(jobs) + "\n", capture_output=True, text=True,
                             check=True).stdout.splitlines()
    wrong = [job[:160] for job, answer, said in zip(jobs, answers, expected) if answer != said]
    if wrong or len(answers) != len(expected):
        sys.exit(f"{len(wrong)} of {len(jobs)} jobs differ, the first: {wrong[:1]}")
    refused = expected.count("refused")
    print(f"{len(jobs)} jobs agree, {refused} of them refusals")


main()
