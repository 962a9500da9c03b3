// Verifies a credential with @digitalbazaar/vc, offline: verify.mjs CONTEXTS CREDENTIAL DID, each a folder or a file.
import fs from 'node:fs';
import path from 'node:path';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import jsigs from 'jsonld-signatures';
import * as vc from '@digitalbazaar/vc';

const [contexts, credentialFile, didFile] = process.argv.slice(2);
const read = file => JSON.parse(fs.readFileSync(file, 'utf8'));
const credential = read(credentialFile);
const did = read(didFile);
const known = {
  'https://www.w3.org/ns/credentials/v2': 'credentials-v2.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json': 'ob-v3p0-context-3.0.3.json',
  'https://w3id.org/security/multikey/v1': 'security-multikey-v1.json',
};

// The DID's document as verifiers of Data Integrity read it: with the contexts at hand here, and its Multikeys.
const multikeys = did.verificationMethod.filter(method => method.type === 'Multikey');
const controller = {
  '@context': ['https://www.w3.org/ns/credentials/v2'],
  id: did.id,
  assertionMethod: multikeys.map(method => method.id),
};

const documentLoader = async url => {
  const found = documentUrl => document => ({contextUrl: null, documentUrl, document});
  if(url in known) {
    return found(url)(read(path.join(contexts, known[url])));
  }
  if(url === did.id) {
    return found(url)(controller);
  }
  const method = multikeys.find(method => method.id === url);
  if(method) {
    return found(url)({'@context': 'https://w3id.org/security/multikey/v1', ...method});
  }
  throw new Error(`not at hand: ${url}`);
};

const suite = new DataIntegrityProof({cryptosuite});
const isBadge = credential.type.includes('OpenBadgeCredential');
const result = isBadge ?
  await vc.verifyCredential({credential, suite, documentLoader, controller, checkStatus: async () => ({verified: true})}) :
  await jsigs.verify(credential, {suite, documentLoader, purpose: new jsigs.purposes.AssertionProofPurpose({controller})});
if(!result.verified) {
  console.log(JSON.stringify(result.error?.errors?.map(error => error.message) ?? result.error?.message));
  process.exit(1);
}
