/* report_api.h - the actions on reports: GetAccountSummary, GenerateCredentialReport, GetCredentialReport (IMS 2019-08-15,
 * group "report"). Contract: catalogue/call.h.
 *
 * Errors: EntityNotExist.CredentialReport 404, none was generated yet; InvalidParameter.NextToken, not a token of this account's
 * report, or of one that is gone.
 */
#ifndef ARGALI_REPORT_REPORT_API_H
#define ARGALI_REPORT_REPORT_API_H

#include "catalogue/call.h"

MUST_USE status ims_get_account_summary_read(call *c, err *e);
MUST_USE status ims_generate_credential_report_apply(call *c, err *e);
MUST_USE status ims_get_credential_report_read(call *c, err *e);

#endif
