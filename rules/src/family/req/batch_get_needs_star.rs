//! REQ104 `batch-get-needs-star`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::{Tag, tag};
use crate::document::{Document, actions, resources};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a statement that allows `secretsmanager:BatchGetSecretValue` on the ARN of a secret.
    ///
    /// # Why it matters
    ///
    /// `BatchGetSecretValue` supports no resource-level permissions, so AWS evaluates it against `*` and denies it if a
    /// statement allows it only on an ARN. AWS then evaluates `GetSecretValue` for each secret of the batch, so `"Resource":
    /// "*"` here opens no secret. TAG123 reports the same action under a condition on tags.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"], "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the batch action on `*`, in a statement of its own:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "secretsmanager:BatchGetSecretValue", "Resource": "*"}]
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
    ///     actions   = ["secretsmanager:BatchGetSecretValue"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    "REQ104" "batch-get-needs-star", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

const BATCH: &str = "secretsmanager:BatchGetSecretValue";

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Identity {
        return;
    }
    for statement in document.allows() {
        let Some(value) = actions(statement)
            .iter()
            .find(|value| value.text.literal().eq_ignore_ascii_case(BATCH))
        else {
            continue;
        };
        let tags = statement
            .conditions
            .iter()
            .any(|condition| matches!(tag(condition), Some(Tag::Resource(_))));
        let resource = resources(statement).first().filter(|_| !tags);
        let probe =
            Probe::meeting(document, statement, BATCH, |_| false).map(|probe| probe.on("*"));
        let Some((resource, proof)) =
            resource.zip(probe.and_then(|probe| probe.refused(context, document)))
        else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                value.origin,
                "requires `*`",
                format!(
                    "{BATCH} is not allowed on the ARN of a secret: its resource is always `*`"
                ),
            )
            .related(resource.origin, "not `*`")
            .help("allow the action on `*` in its own statement")
            .request(Some(proof));
        findings.add(draft);
    }
}
