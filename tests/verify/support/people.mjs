// people.mjs - users with an AccessKey and a policy each, made through the official clients.
import { clientsOf } from '../../api/support/clients.mjs';

export const statement = (Effect, Action, Resource, Condition) => ({ Effect, Action, Resource, ...(Condition && { Condition }) });

export class People {
  constructor(server, admin) {
    this.server = server;
    this.admin = admin;
  }

  /** A new user that `statements` are attached to; { id, secret } of its AccessKey, name, UserId. */
  async user(UserName, ...statements) {
    const { Ram } = this.admin;
    const { User } = await Ram.CreateUser({ UserName });
    if (statements.length) {
      const PolicyName = `of-${UserName}`;
      await Ram.CreatePolicy({ PolicyName, PolicyDocument: JSON.stringify({ Version: '1', Statement: statements }) });
      await Ram.AttachPolicyToUser({ PolicyType: 'Custom', PolicyName, UserName });
    }
    const { AccessKey } = await Ram.CreateAccessKey({ UserName });
    this.server.hideSecret(AccessKey.AccessKeySecret);
    return { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret, name: UserName, UserId: User.UserId };
  }

  /** A new role that `statements` are attached to, and a session of it that `who` has assumed; { id, secret, token, RoleId, ... }. */
  async session(RoleName, RoleSessionName, who, ...statements) {
    const { Ram } = this.admin;
    const account = this.server.account.AccountId;
    const trust = [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [`acs:ram::${account}:root`] } }];
    const { Role } = await Ram.CreateRole({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '1', Statement: trust }),
    });
    const PolicyName = `of-${RoleName}`;
    await Ram.CreatePolicy({ PolicyName, PolicyDocument: JSON.stringify({ Version: '1', Statement: statements }) });
    await Ram.AttachPolicyToRole({ PolicyType: 'Custom', PolicyName, RoleName });
    const { Credentials } = await clientsOf(this.server, who).Sts.AssumeRole({ RoleArn: Role.Arn, RoleSessionName });
    this.server.hideSecret(Credentials.AccessKeySecret);
    return {
      id: Credentials.AccessKeyId,
      secret: Credentials.AccessKeySecret,
      token: Credentials.SecurityToken,
      RoleId: Role.RoleId,
      RoleName,
      RoleSessionName,
    };
  }
}
