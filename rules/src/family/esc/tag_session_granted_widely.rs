//! ESC112 `tag-session-granted-widely`.

use crate::ask::probe::Probe;
use crate::ask::tampering::allowed_or_left;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, resources};
use crate::finding::Findings;
use policy_engine::policy::statement::Statement;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to assume any role with any session
    /// tags.
    ///
    /// # Why it matters
    ///
    /// If the trust policy of another role allows the whole account, the pod can assume that role and set the session tags of
    /// any tenant.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]
    /// ```
    ///
    /// In two statements:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"},
    ///  {"Effect": "Allow", "Action": "sts:TagSession", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the roles:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "arn:aws:iam::444455556666:role/reader"}]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"]
    ///   }
    ///
    ///   statement {
    ///     actions   = ["sts:AssumeRole", "sts:TagSession"]
    ///     resources = ["arn:aws:iam::444455556666:role/reader"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    /// * <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    "ESC112" "tag-session-granted-widely", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let tags = allowed_or_left(context, document, &["sts:TagSession"]);
    let assumes = if tags.is_empty() {
        Vec::new()
    } else {
        allowed_or_left(context, document, &["sts:AssumeRole"])
    };
    let assume = assumes.into_iter().find(|danger| {
        let probe = forging(danger.probe.clone());
        is_any_role(danger.statement) && probe.side_allows(context, document).is_some()
    });
    let Some(assume) = assume else { return };
    for danger in tags {
        if !is_any_role(danger.statement) {
            continue;
        }
        let Some(proof) = forging(danger.probe).side_allows(context, document) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "matches every role",
                format!(
                    "`{}` can assume any role with any session tags",
                    document.object
                ),
            )
            .because(danger.action)
            .related(assume.place, "allows to assume every role")
            .help("list the roles in `Resource`")
            .request(Some(proof));
        findings.add(draft);
    }
}

/// The request with the tag of another tenant.
fn forging(probe: Probe) -> Probe {
    probe
        .with("aws:RequestTag/kubernetes-namespace", "another-tenant")
        .with("aws:TagKeys", "kubernetes-namespace")
}

/// Whether the resources of a statement are every role of an account, or everything except some.
fn is_any_role(statement: &Statement) -> bool {
    let is_negated = statement.resource.as_ref().is_some_and(|list| list.negated);
    let mut values = resources(statement).iter();
    is_negated
        || values.any(|value| matches!(value.text.literal().rsplit(":role/").next(), Some("*")))
}
