//! ESC110 `reader-can-overwrite-parameter`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that lets parameters be read, which may overwrite or share parameters.
    ///
    /// # Why it matters
    ///
    /// Writing a parameter tests no tag of it: it overwrites what others read, or shares it with another account.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["ssm:GetParameters", "ssm:PutParameter"], "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/*"}
    /// ```
    "ESC110" "reader-can-overwrite-parameter", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(
        context,
        document,
        &["ssm:PutParameter", "ssm:PutResourcePolicy"],
    ) {
        let Some(proof) = danger.probe.allowed(context, document) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "overwrites parameters",
                format!("`{}` may overwrite or share parameters", document.object),
            )
            .because(danger.action)
            .help("\"Action\": \"ssm:GetParameters\"")
            .request(Some(proof));
        findings.add(draft);
    }
}
