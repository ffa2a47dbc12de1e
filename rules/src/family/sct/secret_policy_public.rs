//! SCT119 `secret-policy-public`.

use crate::ask::probe::open_to_strangers;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::reading;
use crate::document::{Document, Owner};
use crate::finding::Findings;

rule! {
    /// Flags a secret's policy that lets in everyone, from any account.
    ///
    /// # Why it matters
    ///
    /// Only a permission in the caller's own account is missing then, and any account can give itself that.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    "SCT119" "secret-policy-public", Critical Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(document.owner, Owner::Secret(_)) {
        return;
    }
    for (statement, action) in reading(document) {
        let asked = (statement, action);
        let open = open_to_strangers(context, document, asked, "aws:resourceaccount");
        let Some((place, proof)) = open else { continue };
        let message = format!(
            "the policy of `{}` lets in every AWS account",
            document.object
        );
        let draft = document
            .in_statement(statement, place, "everyone", message)
            .because(action)
            .help("name the roles that read it")
            .request(Some(proof));
        findings.add(draft);
    }
}
