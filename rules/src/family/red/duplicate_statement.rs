//! RED117 `duplicate-statement`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::source::Origin;

rule! {
    /// Flags a statement that stands twice.
    ///
    /// # Why it matters
    ///
    /// The second one says nothing more, until somebody changes only one of them.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}]
    /// ```
    "RED117" "duplicate-statement", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_STATEMENT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let mut seen: Vec<(String, Origin)> = Vec::new();
    for statement in document.statements() {
        let said = crate::document::content(statement);
        match seen.iter().find(|(known, _)| *known == said) {
            Some((_, first)) => {
                let draft = document.in_statement(
                    statement,
                    statement.origin,
                    "the same again",
                    "this statement stands twice",
                );
                findings.add(
                    draft
                        .related(*first, "first here")
                        .help("remove one of them"),
                );
            }
            None => seen.push((said, statement.origin)),
        }
    }
}
