//! XAC111 `parameter-not-shareable`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a mounted parameter of another account that is not shared with the account of the pod's role.
    ///
    /// # Why it matters
    ///
    /// Parameter Store denies a cross-account read unless AWS RAM shares the parameter, and AWS RAM shares only parameters of
    /// the advanced tier. An identity policy alone never allows the read.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              association: { role: hop, targetRole: vault:reader }
    /// -            mounts: [vault:dev/db]
    /// +            mounts: [vault:dev/db, shop:/dev/url]
    /// @@
    ///          policies:
    ///            read-dev:
    /// +            - Effect: Allow
    /// +              Action: ssm:GetParameters
    /// +              Resource: arn:aws:ssm:us-east-1:111122223333:parameter/dev/*
    ///              - Effect: Allow
    /// ```
    ///
    /// # Accepted
    ///
    /// Share the parameter with AWS RAM, copy it into the account of the role, or mount a secret instead:
    ///
    /// ```yaml
    /// association: { role: hop, targetRole: vault:reader }
    /// mounts: [vault:dev/db]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_ssm_parameter" "url" {
    ///   name  = "/dev/url"
    ///   type  = "String"
    ///   tier  = "Advanced"
    ///   value = var.url
    /// }
    ///
    /// resource "aws_ram_resource_association" "url" {
    ///   resource_arn       = aws_ssm_parameter.url.arn
    ///   resource_share_arn = aws_ram_resource_share.vault.arn
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-shared-parameters.html>
    "XAC111" "parameter-not-shareable", High Break High,
    needs: [Objects], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Share)
}
