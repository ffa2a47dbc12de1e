//! XAC105 `secret-policy-trusts-account-root`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{key, names_role};
use crate::document::tags::{isolates, reading};
use crate::document::{Document, Owner, entries};
use crate::finding::Findings;

rule! {
    /// Flags the policy of a secret that allows a whole other account to read it.
    ///
    /// # Why it matters
    ///
    /// The principal `arn:aws:iam::ACCOUNT:root` is every principal of that account. Each administrator there can give the
    /// read to any role, and the owner of the secret does not notice it.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the role that reads the secret:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    "XAC105" "secret-policy-trusts-account-root", Medium Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let Owner::Secret(secret) = document.owner else {
        return;
    };
    for (statement, action) in reading(document) {
        let bound = statement.conditions.iter().any(|condition| {
            let name = key(condition).to_ascii_lowercase();
            names_role(condition)
                || name == "aws:userid"
                || name.starts_with("aws:principaltag/")
                || isolates(condition)
        });
        let entries = entries(statement);
        let whole = entries.into_iter().find(|entry| {
            let text = entry.value.text.literal();
            let account = text
                .strip_suffix(":root")
                .and_then(|head| head.rsplit(':').next())
                .unwrap_or(text);
            account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && account != secret.account
        });
        let Some(whole) = whole.filter(|_| !bound) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                whole.value.origin,
                "a whole account",
                format!(
                    "every principal of that account with a permission for {action} can read `{}`",
                    document.object
                ),
            )
            .because(whole.value.text.literal())
            .help("list the roles in `Principal`, or add a condition on `aws:PrincipalArn`");
        findings.add(draft);
    }
}
