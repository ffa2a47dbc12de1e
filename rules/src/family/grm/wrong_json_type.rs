//! GRM101 `wrong-json-type`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a value whose JSON type differs from the type of its element, such as a number instead of a string.
    ///
    /// # Why it matters
    ///
    /// AWS rejects the policy, and the deployment fails. A less strict tool converts the value to another text than its author
    /// intended.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Version": 20121017, "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the value in the type of the grammar:
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM101" "wrong-json-type", High Break High,
    needs: [Policies], aws: ["DATA_TYPE_MISMATCH"], fix: None, Check::Mistake(&[Mistake::JsonType]);
}
