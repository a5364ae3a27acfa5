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
  return {
    users,
    domain: (await Ims.GetDefaultDomain()).DefaultDomainName,
    alias: (await Ram.GetAccountAlias()).AccountAlias,
  };
}
