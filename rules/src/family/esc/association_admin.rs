//! ESC114 `association-admin`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that lets secrets be read, which may make or change Pod Identity associations.
    ///
    /// # Why it matters
    ///
    /// It binds a role to a namespace of its choice, or turns session tags off. No condition can forbid only that.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "eks:CreatePodIdentityAssociation", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"}
    /// ```
    "ESC114" "association-admin", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(
        context,
        document,
        &[
            "eks:CreatePodIdentityAssociation",
            "eks:UpdatePodIdentityAssociation",
        ],
    ) {
        let Some(proof) = danger
            .probe
            .on("arn:aws:eks:us-east-1:111122223333:cluster/prod")
            .allowed(context, document)
        else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "binds roles to pods",
                format!(
                    "`{}` may bind roles to namespaces of its choice",
                    document.object
                ),
            )
            .because(danger.action)
            .help("leave associations to the pipeline")
            .request(Some(proof));
        findings.add(draft);
    }
}
