// state.mjs - all that the implemented actions can read of an account, for comparing before and after a refused call.

async function everyPage(list, wrapper, member, marker = 'Marker') {
  const items = [];
  let next;
  do {
    const page = await list(next ? { [marker]: next } : {});
    items.push(...page[wrapper][member]);
    next = page[marker];
  } while (next);
  return items;
}

/** clients: of someone who may read everything. */
export async function stateOf(clients) {
  const { Ims, Ram } = clients;
  const users = await everyPage((from) => Ims.ListUsers({ Status: 'active,freeze', ...from }), 'Users', 'User');
  for (const user of users) {
    const UserName = user.UserPrincipalName.split('@')[0];
    user.keys = (await Ims.ListAccessKeys({ UserPrincipalName: user.UserPrincipalName })).AccessKeys.AccessKey;
    user.policies = (await Ram.ListPoliciesForUser({ UserName })).Policies.Policy;
  }
  const groups = await everyPage((from) => Ims.ListGroups(from), 'Groups', 'Group');
  for (const group of groups) {
    const { GroupName } = group;
    group.policies = (await Ram.ListPoliciesForGroup({ GroupName })).Policies.Policy;
    group.members = await everyPage((from) => Ims.ListUsersForGroup({ GroupName, ...from }), 'Users', 'User');
  }
  const policies = await everyPage((from) => Ram.ListPolicies({ PolicyType: 'Custom', ...from }), 'Policies', 'Policy');
  for (const policy of policies) {
    const { PolicyName, PolicyType } = policy;
    policy.versions = (await Ram.ListPolicyVersions({ PolicyName, PolicyType })).PolicyVersions.PolicyVersion;
  }
  const roles = await everyPage((from) => Ram.ListRoles(from), 'Roles', 'Role');
  for (const role of roles) role.trust = (await Ram.GetRole({ RoleName: role.RoleName })).Role.AssumeRolePolicyDocument;
  return {
    users,
    roles,
    groups,
    policies,
    verifiers: (await clients.Argali.ListVerifiers()).Verifiers.Verifier,
    bin: await everyPage((from) => Ims.ListUsersInRecycleBin(from), 'Users', 'User'),
    domain: (await Ims.GetDefaultDomain()).DefaultDomainName,
    alias: (await Ram.GetAccountAlias()).AccountAlias,
  };
}
