//! TAG115 `abac-variable-in-old-version`.

use crate::check::{Check, rule};
use crate::finding::Grade;
use crate::finding::{Draft, Fix};
use crate::mount::cause::{Case, Refusal, TagTest};

rule! {
    /// Flags a policy variable in a policy without `Version`, or with the version `2008-10-17`.
    ///
    /// # Why it matters
    ///
    /// AWS resolves variables only in policies of the version `2012-10-17`, and compares `${…}` literally otherwise. A
    /// condition with `StringEquals` never matches, and a negated condition matches every caller.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            read-own:
    /// -            - Effect: Allow
    /// -              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// -              Condition: &own
    /// +            Version: "2008-10-17"
    /// +            Statement:
    /// +            - Effect: Allow
    /// +              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// +              Condition: &own
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the version `2012-10-17`:
    ///
    /// ```yaml
    /// read-own:
    ///   Version: "2012-10-17"
    ///   Statement:
    ///     - Effect: Allow
    ///       Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    ///       Resource: arn:aws:secretsmanager:*:*:secret:*
    ///       Condition:
    ///         StringEquals:
    ///           aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    ///           aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_iam_role_policy" "read_own" {
    ///   role = aws_iam_role.pod_reader.id
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect   = "Allow"
    ///       Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///       Resource = "arn:aws:secretsmanager:*:*:secret:*"
    ///       Condition = { StringEquals = {
    ///         "aws:ResourceTag/kubernetes-namespace" = "$${aws:PrincipalTag/kubernetes-namespace}"
    ///         "aws:ResourceTag/eks-cluster-arn"      = "$${aws:PrincipalTag/eks-cluster-arn}"
    ///       } }
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the version `2012-10-17`.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    "TAG115" "abac-variable-in-old-version", High Break High,
    needs: [Roles], aws: [], fix: Some(Grade::Repair), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::OldVersion(nearest, miss) = refusal.tag_test()? else {
        return None;
    };
    let document = &nearest.document;
    let version = document.version.as_ref();
    let place = version.map_or(document.origin, |version| version.origin);
    let message = case.message("`${…}` is literal text in policies before version 2012-10-17");
    let draft = case
        .at(place, "this version has no policy variables", message)
        .related(miss.origin, "compared literally")
        .help("\"Version\": \"2012-10-17\"")
        .evidence(miss);
    Some(match version {
        Some(_) => draft.fix(Fix {
            grade: Grade::Repair,
            edits: vec![(place, "\"2012-10-17\"".into())],
        }),
        None => draft,
    })
}
