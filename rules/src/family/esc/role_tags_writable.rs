//! ESC113 `role-tags-writable`.

use crate::ask::tampering::{allowed_or_left, roles_by_tag};
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to tag roles.
    ///
    /// # Why it matters
    ///
    /// A session without its own value for a tag uses the tag of the role. A pod that can tag a role can therefore give the
    /// sessions of this role the tag of any tenant.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "iam:TagRole", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only the read:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"}
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
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>
    "ESC113" "role-tags-writable", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in allowed_or_left(context, document, &["iam:TagRole"]) {
        let probe = danger
            .probe
            .with("aws:TagKeys", "kubernetes-namespace")
            .with("aws:RequestTag/kubernetes-namespace", "another-tenant");
        let targets = roles_by_tag(context).map(|role| probe.clone().on(&role.arn));
        let mut probes = std::iter::once(probe.clone()).chain(targets);
        let Some(proof) = probes.find_map(|probe| probe.allowed(context, document)) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "changes tags of roles",
                format!("`{}` can change the tags of roles", document.object),
            )
            .because(danger.action)
            .help("remove the action, or deny tag keys of EKS with a condition on `aws:TagKeys`")
            .request(Some(proof));
        findings.add(draft);
    }
}
