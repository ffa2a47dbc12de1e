//! BND107 `encoded-policy-broken`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::sighting::SightingKind;

rule! {
    /// Flags a policy in a JSON or YAML string that is not a valid policy after decoding: truncated, encoded twice, or not
    /// JSON.
    ///
    /// # Why it matters
    ///
    /// AWS rejects the policy, or the file is a damaged copy. Every decision that depends on the policy is undecided in this
    /// run.
    ///
    /// # Flagged
    ///
    /// ```diff association.json also=POD210
    /// -    "disableSessionTags": false
    /// +    "disableSessionTags": true,
    /// +    "policy": "{\"Version\": \"2012-10-17\", \"Statement\": ["
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the policy as an object or with `jsonencode(…)`, or encode it once. Save an answer of AWS again:
    ///
    /// ```jsonc
    /// "disableSessionTags": true,
    /// "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:GetSecretValue\", \"Resource\": \"*\"}]}"
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_iam_role_policy" "read" {
    ///   role = aws_iam_role.app.id
    ///   policy = jsonencode({
    ///     Version   = "2012-10-17"
    ///     Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "*" }]
    ///   })
    /// }
    /// ```
    ///
    /// # When to allow it
    ///
    /// Never. `simulate`, `test` and the other commands that answer from the policy end with exit code 2 instead.
    ///
    /// # References
    ///
    /// * <https://developer.hashicorp.com/terraform/language/functions/jsonencode>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    "BND107" "encoded-policy-broken", High Break High,
    needs: [], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for sighting in context.sightings {
        let SightingKind::Encoded { why } = &sighting.kind else {
            continue;
        };
        let what = sighting.what.as_str();
        let message = format!("the {what} is not valid: {why}");
        let draft = Draft::new(what, sighting.origin, "here", message);
        findings.add(draft.because(why.as_str()).help(
            "write the document as an object, or encode it once; save a damaged AWS answer again",
        ));
    }
}
