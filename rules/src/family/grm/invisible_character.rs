//! GRM203 `invisible-character`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags characters that are invisible or similar to other characters: zero-width characters, non-breaking spaces,
    /// letters of another alphabet.
    ///
    /// # Why it matters
    ///
    /// AWS compares each character, so the text never matches, although it looks correct. The characters usually come from a
    /// web page or a text processor.
    ///
    /// # Flagged
    ///
    /// ```json identity also=CAT101
    /// {"Effect": "Allow", "Action": "secretsmanager:Get\u200bSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Type the text again:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    "GRM203" "invisible-character", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, text) in crate::document::texts(document) {
        let Some(character) = text
            .text
            .literal()
            .chars()
            .find(|letter| is_hidden(*letter))
        else {
            continue;
        };
        let name = format!("U+{:04X}", u32::from(character));
        let draft = document
            .dead(
                statement,
                RULE.severity,
                text.origin,
                name.clone(),
                format!(
                    "the text contains {name}, which is invisible or looks like another character"
                ),
            )
            .because(name)
            .help("type the text again with plain characters")
            .once(statement.origin);
        findings.add(draft);
    }
}

/// Whether a character hides, or passes for a plain one.
fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        // Greek and Cyrillic letters among Latin ones, and full-width forms.
        | '\u{0370}'..='\u{03ff}' | '\u{0400}'..='\u{04ff}' | '\u{ff00}'..='\u{ffef}')
}
