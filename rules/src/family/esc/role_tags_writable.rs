//! ESC113 `role-tags-writable`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that lets secrets be read, which may tag roles.
    ///
    /// # Why it matters
    ///
    /// A role's own tag takes the place of a session tag that is missing.
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
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"}
    /// ```
    "ESC113" "role-tags-writable", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(context, document, &["iam:TagRole"]) {
        let probe = danger
            .probe
            .with("aws:TagKeys", "kubernetes-namespace")
            .with("aws:RequestTag/kubernetes-namespace", "another-tenant");
        let Some(proof) = probe.allowed(context, document) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "sets the tags of roles",
                format!("`{}` may set the tags of roles", document.object),
            )
            .because(danger.action)
            .help("take it away, or deny the keys of EKS by `aws:TagKeys`")
            .request(Some(proof));
        findings.add(draft);
    }
}
