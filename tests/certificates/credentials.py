"""Credentials as other people's programs see them, without asking the hub again: openbadgeslib, jwcrypto, and, through
verify.mjs, @digitalbazaar/vc. Each accepts them, and rejects them after one changed letter, with another key, and after
they were revoked.

Needs target/debug/lectern, and `npm ci` in this folder.
"""

import base64
import copy
import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import openbadgeslib.ob3
import pikepdf
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwcrypto import jwk, jws
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier

from hub import Hub

HERE = Path(__file__).resolve().parent
CONTEXTS = Path(openbadgeslib.ob3.__file__).parent / "contexts"
results = {True: 0, False: 0}


def check(what, holds):
    results[bool(holds)] += 1
    print(f"{'ok' if holds else 'FAILED'}: {what}")


def accepts(verify):
    try:
        verify()
    except Exception as error:  # whichever way a library says no
        return f"{type(error).__name__}: {error}" if not str(error).startswith("No module") else sys.exit(str(error))
    return True


def pem(public):
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def changed(token, part):
    """A token with one letter of one part changed."""
    parts = token.split(".")
    letter = parts[part][9]
    parts[part] = parts[part][:9] + ("A" if letter != "A" else "B") + parts[part][10:]
    return ".".join(parts)


def is_revoked(hub, credential):
    entry = credential["credentialStatus"]
    listed = json.loads(hub.raw("GET", entry["statusListCredential"]))
    bits = gzip.decompress(decode(listed["credentialSubject"]["encodedList"][1:]))
    index = int(entry["statusListIndex"])
    return bool(bits[index // 8] & (0x80 >> (index % 8))), listed


def verify_js(*files):
    done = subprocess.run(["node", HERE / "verify.mjs", CONTEXTS, *files], capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


with Hub() as hub, tempfile.TemporaryDirectory() as folder:
    people = [{"name": "মোহাম্মদ আব্দুল করিম চৌধুরী", "registration_number": "7012345"}, {"name": "Zoë \"Zo\" O’Brien"}]
    event = hub.event(certificate={"objectives": ["Listen without judgement"]})
    did = json.loads(hub.raw("GET", "/.well-known/did.json"))
    did_file = Path(folder) / "did.json"
    did_file.write_text(json.dumps(did))
    key = next(method for method in did["verificationMethod"] if method["type"] == "JsonWebKey")["publicKeyJwk"]
    public = pem(Ed25519PublicKey.from_public_bytes(decode(key["x"])))
    other = pem(Ed25519PrivateKey.generate().public_key())
    certified = hub.certify(event, people)
    for (reference, token, number), person in zip(certified, people):
        pdf = Path(folder) / f"{number}.pdf"
        pdf.write_bytes(hub.raw("GET", f"/bookings/{token}/certificate.pdf"))
        with pikepdf.open(pdf) as opened:
            named = json.loads(opened.attachments["/credential.json"].get_file().read_bytes())
        path = f"/api/v1/certificates/{number}/credential"
        open_one = json.loads(hub.raw("GET", path))
        token_one = hub.raw("GET", path, accept="application/vc+jwt").decode()
        check("the named credential says the whole name", person["name"] in json.dumps(named, ensure_ascii=False))
        check("the open one does not", person["name"] not in json.dumps(open_one, ensure_ascii=False))
        for form, document in (("named", named), ("open", open_one)):
            ours = lambda document, key: accepts(lambda: OB3LdpVerifier(key).verify(copy.deepcopy(document)))
            check(f"{form}, openbadgeslib accepts the proof", ours(document, public) is True or print(ours(document, public)))
            check(f"{form}, openbadgeslib rejects another key", ours(document, other) is not True)
            tampered = copy.deepcopy(document)
            tampered["credentialSubject"]["achievement"]["name"] = tampered["name"][:-1] + "z"
            check(f"{form}, openbadgeslib rejects a changed letter", ours(tampered, public) is not True)
            file, bad = Path(folder) / f"{form}.json", Path(folder) / f"{form}-bad.json"
            file.write_text(json.dumps(document))
            bad.write_text(json.dumps(tampered))
            holds, words = verify_js(file, did_file)
            check(f"{form}, @digitalbazaar/vc accepts the proof", holds or print(words))
            check(f"{form}, @digitalbazaar/vc rejects a changed letter", not verify_js(bad, did_file)[0])
            wrong = copy.deepcopy(did)
            for method in wrong["verificationMethod"]:
                if method["type"] == "Multikey":
                    method["publicKeyMultibase"] = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
            wrong_file = Path(folder) / "wrong.json"
            wrong_file.write_text(json.dumps(wrong))
            check(f"{form}, @digitalbazaar/vc rejects another key", not verify_js(file, wrong_file)[0])
        jwt = lambda token, key: accepts(lambda: OB3Verifier(key).verify(token))
        check("openbadgeslib accepts the JWT", jwt(token_one, public) is True or print(jwt(token_one, public)))
        check("openbadgeslib rejects another key", jwt(token_one, other) is not True)
        check("openbadgeslib rejects a changed letter", jwt(changed(token_one, 1), public) is not True)

        def crypto(token, key):
            signed = jws.JWS()
            signed.deserialize(token)
            signed.verify(jwk.JWK.from_pem(key))

        check("jwcrypto accepts the JWT", accepts(lambda: crypto(token_one, public)) is True)
        check("jwcrypto rejects another key", accepts(lambda: crypto(token_one, other)) is not True)
        check("jwcrypto rejects a changed letter", accepts(lambda: crypto(changed(token_one, 1), public)) is not True)

        revoked, listed = is_revoked(hub, open_one)
        check("it is not revoked", not revoked)
        path = f"/api/v1/events/{event}/certificates/{reference}/revoke"
        hub.organise("POST", path, {"reason": "Issued in error."})
        revoked, listed = is_revoked(hub, open_one)
        check("it is revoked once it was", revoked)
        listed_file = Path(folder) / "list.json"
        listed_file.write_text(json.dumps(listed))
        holds, words = verify_js(listed_file, did_file)
        check("the status list is signed", holds or print(words))

        def status(document):
            raw = json.dumps(listed).encode()
            OB3LdpVerifier(public).verify(copy.deepcopy(document), check_status=True, verify_status_list=False,
                                          download=lambda *_, **__: raw)

        check("openbadgeslib sees that it is revoked", accepts(lambda: status(open_one)) is not True)

print(f"{results[True]} passed, {results[False]} failed")
sys.exit(bool(results[False]))
