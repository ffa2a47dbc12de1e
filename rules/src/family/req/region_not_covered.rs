//! REQ105 `region-not-covered`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a policy that allows the mounted object in another region than the region of the request.
    ///
    /// # Why it matters
    ///
    /// The ARN of a secret or parameter contains its region, and AWS denies a request for any other region. With
    /// `failoverRegion` the provider calls both regions; a denied call in the second region stays unnoticed until the first
    /// region fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Resource: arn:aws:ssm:us-east-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// +              Resource: arn:aws:ssm:eu-west-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the region that the provider calls:
    ///
    /// ```yaml
    /// Resource: arn:aws:ssm:us-east-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["ssm:GetParameters"]
    ///     resources = ["arn:aws:ssm:us-east-1:111122223333:parameter/$${aws:PrincipalTag/kubernetes-namespace}/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the change that the help names into the statement, if one place decides it. The statement then allows
    /// the pod's role more than before.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "REQ105" "region-not-covered", High Break High,
    needs: [Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let missed = refusal.resource(Ground::is_permission)?;
    missed.is_other_region().then(|| refusal.draft(case))
}
