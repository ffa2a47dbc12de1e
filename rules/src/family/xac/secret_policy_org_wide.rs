//! XAC106 `secret-policy-org-wide`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::tags::{isolates, reading};
use crate::document::{Document, Owner, entries};
use crate::finding::Findings;
use policy_engine::policy::statement::PrincipalKind;
use policy_engine::request::Principal;

rule! {
    /// Flags the policy of a secret that allows every principal of an organization.
    ///
    /// # Why it matters
    ///
    /// Every principal of every account in the organization can read the secret if its own policies allow the action. Within
    /// the secret's own account the resource policy alone allows the read, without any other permission.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Limit the Allow to the role, beside the organization:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "*"
    ///       identifiers = ["*"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:PrincipalOrgID"
    ///       values   = ["o-a1b2c3d4e5"]
    ///     }
    ///     condition {
    ///       test     = "ArnEquals"
    ///       variable = "aws:PrincipalArn"
    ///       values   = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "XAC106" "secret-policy-org-wide", High Leak High,
    properties: [OnePerStatement, Outranks], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

const STRANGER: &str = "arn:aws:iam::999999999999:role/stranger";

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(document.owner, Owner::Secret(_)) {
        return;
    }
    let Ok(stranger) = Principal::parse(STRANGER) else {
        return;
    };
    for (statement, action) in reading(document) {
        let organization = statement.conditions.iter().find(|condition| {
            ["aws:principalorgid", "aws:principalorgpaths"]
                .contains(&key(condition).to_ascii_lowercase().as_str())
        });
        let mut entries = entries(statement);
        let everyone = entries.any(|entry| entry.kind == PrincipalKind::Everyone);
        let Some(organization) = organization.filter(|_| everyone) else {
            continue;
        };
        // What the stranger is stays tested; of the organization he is one.
        let probe = Probe::meeting(document, statement, action, |condition| {
            let name = key(condition).to_ascii_lowercase();
            name.starts_with("aws:principal") && !name.starts_with("aws:principalorg")
                || isolates(condition)
        });
        let Some(proof) = probe.and_then(|probe| {
            probe
                .by(stranger.clone())
                .resource_allows(context, document)
        }) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                organization.key.origin,
                "the only condition",
                format!(
                    "every principal of the organization can read `{}`",
                    document.object
                ),
            )
            .because(action)
            .help("list the roles in `Principal`, or also test `aws:PrincipalArn` or tags")
            .request(Some(proof));
        findings.add(draft);
    }
}
