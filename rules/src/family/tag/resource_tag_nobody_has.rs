//! TAG104 `resource-tag-nobody-has`.

use crate::check::{Check, rule};

rule! {
    /// Flags a test of a tag that the mounted object does not have while it has one of nearly that name.
    ///
    /// # Why it matters
    ///
    /// Policy and objects were written by two people.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { project-name: dev }
    /// @@
    /// -              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// +              Resource: arn:aws:secretsmanager:*:444455556666:secret:*
    /// @@
    ///            read-own:
    /// +            - Effect: Allow
    /// +              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Resource: arn:aws:secretsmanager:*:111122223333:secret:*
    /// +              Condition:
    /// +                StringEquals: { aws:ResourceTag/projectname: "${aws:PrincipalTag/kubernetes-namespace}" }
    /// ```
    "TAG104" "resource-tag-nobody-has", Medium Break High,
    needs: [Roles, Objects], aws: [], fix: None, Check::Cause;
}
