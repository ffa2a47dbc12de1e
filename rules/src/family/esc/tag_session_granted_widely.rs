//! ESC112 `tag-session-granted-widely`.

use crate::ask::probe::Probe;
use crate::ask::tampering::allowed;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner};
use crate::finding::Findings;
use policy_engine::source::Origin;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to assume any role with any session
    /// tags.
    ///
    /// # Why it matters
    ///
    /// If the trust policy of another role allows the whole account, the pod can assume that role with the session tags of any
    /// tenant. It can then read the secrets of that tenant.
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
    properties: [], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in allowed(context, document, &["sts:TagSession"]) {
        let probe = forging(danger.probe.clone());
        if !probe.side_allows_alone(context, document, danger.statement) {
            continue;
        }
        let Some(proof) = probe.caller_allows(context, document) else {
            continue;
        };
        let Some(place) = assuming(context, document) else {
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
            .related(place, "allows to assume every role")
            .help(danger.remedy("list the roles in `Resource`"))
            .request(Some(proof));
        findings.add(draft);
    }
}

/// The place of a statement that allows the same caller to assume any role with the tag of another tenant: AWS evaluates the policies of a
/// role together (docs/semantics.md#same-account).
fn assuming(context: &Context<'_>, document: &Document<'_>) -> Option<Origin> {
    let others = context.documents.iter().filter(|other| {
        other.kind == document.kind
            && matches!((other.owner, document.owner),
                (Owner::Role(own), Owner::Role(role)) if own.arn == role.arn)
            && other.policy.origin != document.policy.origin
    });
    assuming_here(context, document).or_else(|| {
        let mut others = others.map(Document::afresh);
        others.find_map(|own| assuming_here(context, &own))
    })
}

fn assuming_here(context: &Context<'_>, document: &Document<'_>) -> Option<Origin> {
    let dangers = allowed(context, document, &["sts:AssumeRole"]);
    let mut dangers = dangers.into_iter().filter(|danger| {
        let probe = forging(danger.probe.clone());
        probe.side_allows_alone(context, document, danger.statement)
            && probe.caller_allows(context, document).is_some()
    });
    Some(dangers.next()?.place)
}

/// The request with the tag of another tenant.
fn forging(probe: Probe) -> Probe {
    probe
        .with("aws:RequestTag/kubernetes-namespace", "another-tenant")
        .with("aws:TagKeys", "kubernetes-namespace")
}
