// assume_role.mjs - the official credential provider that assumes a role, in a process of its own: it reaches STS over https
// alone, and Node reads NODE_EXTRA_CA_CERTS when it starts. Arguments: a JSON object; the last line of output is another.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { default: Credential, Config: CredentialConfig } = require('@alicloud/credentials');
const { default: Sts } = require('@alicloud/sts20150401');
const { $OpenApiUtil } = require('@alicloud/openapi-core');

const { host, ...options } = JSON.parse(process.argv[2]);
try {
  const credential = new Credential(
    new CredentialConfig({ type: 'ram_role_arn', stsEndpoint: host, timeout: 30_000, connectTimeout: 30_000, ...options }),
  );
  const { accessKeyId, accessKeySecret, securityToken } = await credential.getCredential();
  const sts = new Sts(new $OpenApiUtil.Config({ credential, endpoint: host, protocol: 'https' }));
  const { body } = await sts.getCallerIdentity();
  console.log(JSON.stringify({ accessKeyId, accessKeySecret, securityToken, identity: body.toMap() }));
} catch (error) {
  console.log(JSON.stringify({ error: String(error.message) }));
}
