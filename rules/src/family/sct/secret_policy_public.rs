//! SCT119 `secret-policy-public`.

use crate::ask::probe::open_to_strangers;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, named};
use crate::finding::Findings;
use policy_engine::policy::{PolicyType, statement::Statement};

rule! {
    /// Flags the policy of a secret that allows every principal of any account.
    ///
    /// # Why it matters
    ///
    /// Any account can give its own roles `secretsmanager:GetSecretValue` on this ARN and then read the secret. Within the
    /// secret's account every role can read it without any other permission.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// A policy that no secret is known to have:
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
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
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    "SCT119" "secret-policy-public", Critical Leak High,
    properties: [OnePerStatement], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

/// The actions that return the value, and those by which a caller can allow them to itself or replace the value.
const ACTIONS: [&str; 8] = [
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:TagResource",
    "secretsmanager:UntagResource",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecret",
    "secretsmanager:UpdateSecretVersionStage",
    "secretsmanager:DeleteResourcePolicy",
];

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let is_loose = matches!(document.owner, Owner::Nothing);
    if !is_loose && !matches!(document.owner, Owner::Secret(_))
        || document.kind != PolicyType::Resource
    {
        return;
    }
    for statement in document.allows() {
        let Some(action) = named(statement, &ACTIONS) else {
            continue;
        };
        // A policy of no known resource is that of a secret if it names the service.
        if is_loose && !names_service(statement) {
            continue;
        }
        let asked = (statement, action);
        let open = open_to_strangers(context, document, asked, "aws:resourceaccount");
        let Some((place, proof)) = open else { continue };
        let message = format!(
            "the policy of `{}` allows every AWS account",
            document.object
        );
        let draft = document
            .in_statement(statement, place, "everyone", message)
            .because(action)
            .help("list the roles that read the secret in `Principal`")
            .request(Some(proof));
        findings.add(draft);
    }
}

/// Whether a statement names only actions of Secrets Manager.
fn names_service(statement: &Statement) -> bool {
    let element = statement.action.as_ref().filter(|element| !element.negated);
    element.is_some_and(|element| {
        let mut values = element.values.iter();
        values.all(|value| {
            value
                .text
                .literal()
                .to_ascii_lowercase()
                .starts_with("secretsmanager:")
        })
    })
}
