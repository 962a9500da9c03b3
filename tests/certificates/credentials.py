"""Credentials as other people's programs see them, without asking the hub again: openbadgeslib, jwcrypto, and, through
verify.mjs, @digitalbazaar/vc. Each accepts them, and rejects them after one changed letter, with another key, and after
they were revoked. And the official JSON Schema of Open Badges 3.0 has nothing against them.

    python tests/certificates/credentials.py target/debug/lectern .venv/schemas

Starts a hub of its own; needs `npm ci` in this folder, and in the other the source of openbadgeslib, which holds the
schema.
"""

import base64
import copy
import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import openbadgeslib.ob3
import pikepdf
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jsonschema import Draft201909Validator
from jwcrypto import jwk, jws
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier

from hub import Hub

HERE = Path(__file__).resolve().parent
CONTEXTS = Path(openbadgeslib.ob3.__file__).parent / "contexts"
# Signed by a key of the hub's own, and by one of KMS. Names and words with everything that is escaped, and hours that are whole, a half, and neither.
CASES = [
    ([], {"name": "মোহাম্মদ আব্দুল করিম চৌধুরী", "registration_number": "7012345"}, {"cpd_minutes": 390}),
    ([], {"name": "Zoë \"Zo\" O’Brien"}, {"cpd_minutes": 360, "certificate": {"objectives": ["Listen; \\ don’t judge"]}}),
    (["--kms"], {"name": "Bo Li"}, {"cpd_minutes": 100}),
]
results = {True: 0, False: 0}


def check(what, verdict, expected=True):
    """Counts and tells; a verdict is true, or false, or why not."""
    is_met = (verdict is True) == expected
    results[is_met] += 1
    print(f"{'ok' if is_met else 'FAILED'}: {what}" + ("" if is_met else f": {verdict}"))


def accepts(verify):
    """Whether a library says yes, or in which words it says no."""
    try:
        verify()
    except ImportError:
        raise
    except Exception as error:  # whichever way a library says no
        return f"{type(error).__name__}: {error}"
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


def listed_bit(hub, credential):
    """A credential's bit of its status list, and the list."""
    entry = credential["credentialStatus"]
    listed = json.loads(hub.raw("GET", entry["statusListCredential"]))
    bits = gzip.decompress(decode(listed["credentialSubject"]["encodedList"][1:]))
    index = int(entry["statusListIndex"])
    return bool(bits[index // 8] & (0x80 >> (index % 8))), listed


def verify_js(*files):
    done = subprocess.run(["node", HERE / "verify.mjs", CONTEXTS, *files], capture_output=True, text=True)
    return done.returncode == 0 or done.stdout + done.stderr


def official_schema(folder):
    """1EdTech's schema of an AchievementCredential; dates and times must be ones."""
    (source,) = Path(folder).glob("openbadgeslib-*.tar.gz")
    with tarfile.open(source) as packed:
        (name,) = (name for name in packed.getnames() if name.endswith("/ob_v3p0_achievementcredential_schema.json"))
        schema = json.load(packed.extractfile(name))
    assert schema["$id"].startswith("https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"), schema["$id"]
    return Draft201909Validator(schema, format_checker=Draft201909Validator.FORMAT_CHECKER)


def without(document, *path):
    """A document without one of its parts."""
    changed = copy.deepcopy(document)
    part = changed
    for name in path[:-1]:
        part = part[name]
    del part[path[-1]]
    return changed


class Case:
    """A hub with one certificate, and what is known of it without asking the hub again."""

    def __init__(self, hub, folder, schema, person, settings):
        self.hub, self.folder, self.schema, self.person = hub, Path(folder), schema, person
        self.event = hub.event(**settings)
        self.did = json.loads(hub.raw("GET", "/.well-known/did.json"))
        methods = self.did["verificationMethod"]
        # The newest is the last.
        key = next(method for method in reversed(methods) if method["type"] == "JsonWebKey")["publicKeyJwk"]
        self.public = pem(Ed25519PublicKey.from_public_bytes(decode(key["x"])))
        self.other = pem(Ed25519PrivateKey.generate().public_key())
        ((self.reference, token, number),) = hub.certify(self.event, [person])
        (self.folder / "certificate.pdf").write_bytes(hub.raw("GET", f"/bookings/{token}/certificate.pdf"))
        with pikepdf.open(self.folder / "certificate.pdf") as opened:
            self.named = json.loads(opened.attachments["credential.json"].get_file().read_bytes())
        path = f"/api/v1/certificates/{number}/credential"
        self.open = json.loads(hub.raw("GET", path))
        self.token = hub.raw("GET", path, accept="application/vc+jwt").decode()

    def file(self, name, document):
        (self.folder / name).write_text(json.dumps(document))
        return self.folder / name

    def check(self):
        holders = [one["identityHash"] for one in self.named["credentialSubject"]["identifier"]]
        check("the named credential says the whole name", holders == [self.person["name"]])
        check("the open one does not", "identifier" not in self.open["credentialSubject"])
        for form, document in (("named", self.named), ("open", self.open)):
            self.check_proof(form, document)
            self.check_shape(form, document)
        self.check_shape("the JWT's payload", json.loads(decode(self.token.split(".")[1])))
        self.check_token()
        self.check_revocation()

    def check_proof(self, form, document):
        tampered = copy.deepcopy(document)
        tampered["credentialSubject"]["achievement"]["name"] = tampered["name"][:-1] + "z"
        ours = lambda document, key: accepts(lambda: OB3LdpVerifier(key).verify(copy.deepcopy(document)))
        check(f"{form}, openbadgeslib accepts the proof", ours(document, self.public))
        check(f"{form}, openbadgeslib rejects another key", ours(document, self.other), False)
        check(f"{form}, openbadgeslib rejects a changed letter", ours(tampered, self.public), False)
        did = copy.deepcopy(self.did)
        for method in did["verificationMethod"]:
            if method["type"] == "Multikey":
                method["publicKeyMultibase"] = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
        files = [self.file("sound", document), self.file("tampered", tampered)]
        dids = [self.file("did", self.did), self.file("other-did", did)]
        check(f"{form}, @digitalbazaar/vc accepts the proof", verify_js(files[0], dids[0]))
        check(f"{form}, @digitalbazaar/vc rejects another key", verify_js(files[0], dids[1]), False)
        check(f"{form}, @digitalbazaar/vc rejects a changed letter", verify_js(files[1], dids[0]), False)

    def check_shape(self, form, document):
        def complaints(document):
            said = [f"{error.json_path}: {error.message[:200]}" for error in self.schema.iter_errors(document)]
            return "; ".join(said) or True

        check(f"{form}, the schema has nothing against it", complaints(document))
        for path in (["credentialSubject", "achievement"], ["credentialSubject", "achievement", "criteria"], ["issuer"]):
            check(f"{form}, the schema misses {path[-1]}", complaints(without(document, *path)), False)
        for name, value in (("type", ["VerifiableCredential"]), ("validFrom", "yesterday"), ("issuer", 7)):
            check(f"{form}, the schema finds a wrong {name}", complaints({**document, name: value}), False)

    def check_token(self):
        def crypto(token, key):
            signed = jws.JWS()
            signed.deserialize(token)
            signed.verify(jwk.JWK.from_pem(key))

        readers = {"openbadgeslib": lambda token, key: OB3Verifier(key).verify(token), "jwcrypto": crypto}
        for name, reads in readers.items():
            verdict = lambda token, key: accepts(lambda: reads(token, key))
            check(f"{name} accepts the JWT", verdict(self.token, self.public))
            check(f"{name} rejects another key", verdict(self.token, self.other), False)
            check(f"{name} rejects a changed letter", verdict(changed(self.token, 1), self.public), False)

    def check_revocation(self):
        self.hub.catch_up()  # a list is good for a quarter of an hour
        did = self.file("did", self.did)
        is_set, listed = listed_bit(self.hub, self.open)
        check("it is not revoked", not is_set)
        check("the list that says so is signed", verify_js(self.file("list", listed), did))
        check("openbadgeslib sees that it holds", self.standing(listed))
        path = f"/api/v1/events/{self.event}/certificates/{self.reference}/revoke"
        self.hub.organise("POST", path, {"reason": "Issued in error."})
        is_set, listed = listed_bit(self.hub, self.open)
        check("it is revoked once it was", is_set)
        check("the list that says so is signed", verify_js(self.file("list", listed), did))
        check("openbadgeslib sees that it is revoked", self.standing(listed), False)

    def standing(self, listed):
        raw = json.dumps(listed).encode()
        verify = OB3LdpVerifier(self.public).verify
        options = {"check_status": True, "verify_status_list": False, "download": lambda *_, **__: raw}
        return accepts(lambda: verify(copy.deepcopy(self.open), **options))


def main(program, schemas):
    schema = official_schema(schemas)
    for flags, person, settings in CASES:
        with Hub(program, *flags) as hub, tempfile.TemporaryDirectory() as folder:
            Case(hub, folder, schema, person, settings).check()
    print(f"{results[True]} passed, {results[False]} failed")
    return bool(results[False])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
