//! Templates.

use super::case::{DENY, READ, TRUST, decided, decision, load, read};

/// A template with these resources beside the cluster and the secret.
fn template(resources: &str) -> String {
    format!(
        r#"
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {{ P: {{ Type: String }} }}
Conditions: {{ Chosen: !Equals [!Ref P, "yes"] }}
Resources:
  Cluster: {{ Type: AWS::EKS::Cluster, Properties: {{ Name: prod }} }}
  Secret: {{ Type: AWS::SecretsManager::Secret, Properties: {{ Name: pay/db, KmsKeyId: !Ref Key }} }}
  Key: {{ Type: AWS::KMS::Key, Properties: {{ KeyPolicy: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ AWS: "arn:aws:iam::111122223333:root" }}, Action: "kms:*", Resource: "*" }}] }} }} }}
{resources}"#
    )
}

/// The role, with inline policies.
fn role(policies: &[&str]) -> String {
    let policies: Vec<_> = policies
        .iter()
        .enumerate()
        .map(|(at, policy)| format!("{{ PolicyName: p{at}, PolicyDocument: {policy} }}"))
        .collect();
    format!(
        "  Reader: {{ Type: AWS::IAM::Role, Properties: {{ RoleName: pod-reader, AssumeRolePolicyDocument: {TRUST}, Policies: [{}] }} }}
  Association: {{ Type: AWS::EKS::PodIdentityAssociation, Properties: {{ ClusterName: !Ref Cluster, Namespace: pay, ServiceAccount: api, RoleArn: !GetAtt Reader.Arn }} }}
",
        policies.join(", ")
    )
}

/// A template that puts one policy on the role by its name.
fn elsewhere(kind: &str, policy: &str) -> String {
    let roles = if kind == "AWS::IAM::RolePolicy" {
        "RoleName: pod-reader"
    } else {
        "Roles: [pod-reader]"
    };
    let name = if kind == "AWS::IAM::ManagedPolicy" {
        "ManagedPolicyName"
    } else {
        "PolicyName"
    };
    format!(
        "Resources: {{ P: {{ Type: '{kind}', Properties: {{ {name}: other, {roles}, PolicyDocument: {policy} }} }} }}\n"
    )
}

#[test]
fn a_policy_that_another_stack_puts_on_a_role_counts_in_either_order() {
    for kind in [
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::ManagedPolicy",
    ] {
        let (grant, guard) = (elsewhere(kind, READ), elsewhere(kind, DENY));
        let (bare, reader) = (template(&role(&[])), template(&role(&[READ])));
        for (first, second, expected) in [
            (&grant, &bare, "allow"),
            (&bare, &grant, "allow"),
            (&guard, &reader, "deny"),
            (&reader, &guard, "deny"),
        ] {
            let files = [("a.yaml", first.as_str()), ("b.yaml", second.as_str())];
            assert_eq!(decided(&files), expected, "{kind}: {first}\n{second}");
        }
    }
}

#[test]
fn a_dynamic_reference_with_an_unknown_part_is_unknown() {
    for action in [
        r#"!Sub "{{resolve:ssm:/platform/${P}}}""#,
        r#"!Sub ["{{resolve:ssm:/${a}:1}}", { a: !Ref P }]"#,
        r#"!Join ["", ["{{resolve:ssm:/", !Ref P, ":1}}"]]"#,
        r#"!Join ["", ["{{resolve:ssm:/", "x", ":1}}"]]"#,
        r#""{{resolve:ssm:/x}}""#,
    ] {
        let guard = format!(
            "{{ Version: '2012-10-17', Statement: [{{ Effect: Deny, Action: {action}, Resource: '*' }}] }}"
        );
        let stack = template(&role(&[READ, &guard]));
        assert_eq!(decided(&[("stack.yaml", &stack)]), "unknown", "{action}");
    }
}

#[test]
fn an_alias_that_is_not_known_leaves_the_aliases_open() {
    let guard = r#"{ Version: "2012-10-17", Statement: [{ Effect: Deny, Action: "kms:Decrypt", Resource: "*", Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias/pay } } }] }"#;
    let other = "1a2b3c4d-1111-4222-8333-444455556666";
    for (alias, expected) in [
        (
            "Properties: { AliasName: alias/pay, TargetKeyId: !Ref Key }".to_owned(),
            "deny",
        ),
        (
            "Properties: { AliasName: alias/web, TargetKeyId: !Ref Key }".to_owned(),
            "allow",
        ),
        (
            "Properties: { AliasName: !Ref P, TargetKeyId: !Ref Key }".to_owned(),
            "unknown",
        ),
        (
            format!(
                "Properties: {{ AliasName: alias/pay, TargetKeyId: !If [Chosen, !Ref Key, {other}] }}"
            ),
            "unknown",
        ),
        (
            "Condition: Chosen, Properties: { AliasName: alias/pay, TargetKeyId: !Ref Key }"
                .to_owned(),
            "unknown",
        ),
    ] {
        let alias = format!("  Alias: {{ Type: AWS::KMS::Alias, {alias} }}\n");
        let stack = template(&format!("{}{alias}", role(&[READ, guard])));
        assert_eq!(decided(&[("stack.yaml", &stack)]), expected, "{alias}");
    }
}

/// The usual stack with more of it, and a transform.
fn with(transform: &str, resources: &str) -> String {
    let stack = template(&format!("{}{resources}", role(&[READ])));
    format!("{transform}\n{stack}")
}

#[test]
fn a_loop_makes_a_resource_for_each_value() {
    let policy = |name: &str, collection: &str| {
        format!(
            "  Fn::ForEach::Guards:
    - Name
    - {collection}
    - ${{Name}}Policy:
        Type: AWS::IAM::RolePolicy
        Properties: {{ RoleName: {name}, PolicyName: !Ref Name, PolicyDocument: {DENY} }}
"
        )
    };
    for (name, collection, expected) in [
        ("!Ref Reader", "[Deny, Guard]", "deny"),
        ("!Ref Reader", "[]", "allow"),
        ("!Ref Reader", "!Ref P", "unknown"),
        ("!Ref Reader", "[!Ref P]", "unknown"),
        ("!Sub '${Name}'", "[pod-reader]", "deny"),
        ("!Sub 'pod-${Name}'", "[reader, writer]", "deny"),
        ("!Sub 'pod-${Name}'", "[writer]", "allow"),
        ("!Ref Name", "!Ref P", "unknown"),
    ] {
        let stack = with(
            "Transform: AWS::LanguageExtensions",
            &policy(name, collection),
        );
        let answer = decided(&[("stack.yaml", &stack)]);
        assert_eq!(answer, expected, "{name} in {collection}");
    }
}

#[test]
fn what_makes_resources_that_nothing_shows_leaves_facts_open() {
    let nested = |url: &str, parameters: &str| {
        format!(
            "  Inner: {{ Type: AWS::CloudFormation::Stack, Properties: {{ TemplateURL: {url}, Parameters: {{ {parameters} }} }} }}\n"
        )
    };
    let url = "https://s3.amazonaws.com/bucket/other.yaml";
    for (transform, resources, expected) in [
        ("", nested(url, "Role: !Ref Reader"), "unknown"),
        ("", nested(url, "Secret: !Ref Secret"), "unknown"),
        ("", nested(url, "Size: '3'"), "allow"),
        (
            "",
            "  Guards: { Type: My::Org::Guards::MODULE, Properties: { Role: !Ref Reader } }\n"
                .to_owned(),
            "unknown",
        ),
        ("Transform: MyMacro", String::new(), "unknown"),
        ("Transform: AWS::LanguageExtensions", String::new(), "allow"),
    ] {
        let stack = with(transform, &resources);
        let loaded = load(&[("stack.yaml", &stack)]);
        assert_eq!(decision(&loaded), expected, "{transform} {resources}");
        let is_named = loaded.files.iter().any(|file| file.unread.is_some());
        assert_eq!(
            is_named,
            expected == "unknown" || resources.contains("Size"),
            "{resources}"
        );
    }
}

#[test]
fn a_nested_stack_gets_its_parameters_and_gives_its_outputs() {
    let child = "Parameters: { Role: { Type: String }, Effect: { Type: String } }
Resources:
  P: { Type: AWS::IAM::RolePolicy, Properties: { RoleName: !Ref Role, PolicyName: guard, PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: !Ref Effect, Action: 'secretsmanager:*', Resource: '*' }] } } }
Outputs: { Name: { Value: !Sub '${Role}' } }
";
    let parent = |role_name: &str, effect: &str, condition: &str, more: &str| {
        with(
            "",
            &format!(
                "  Inner: {{ Type: AWS::CloudFormation::Stack, {condition} Properties: {{ TemplateURL: ./nested/child.yaml, Parameters: {{ Role: {role_name}, Effect: {effect} }} }} }}\n{more}"
            ),
        )
    };
    let by_output = format!(
        "  Second: {{ Type: AWS::IAM::RolePolicy, Properties: {{ RoleName: !GetAtt Inner.Outputs.Name, PolicyName: second, PolicyDocument: {DENY} }} }}\n"
    );
    for (stack, expected) in [
        (parent("!Ref Reader", "Deny", "", ""), "deny"),
        (parent("!Ref Reader", "Allow", "", ""), "allow"),
        (parent("!Ref Reader", "!Ref P", "", ""), "unknown"),
        (
            parent("!Ref Reader", "Deny", "Condition: Chosen,", ""),
            "unknown",
        ),
        (parent("other", "Deny", "", ""), "allow"),
        (parent("other", "Deny", "", &by_output), "allow"),
        (parent("!Ref Reader", "Allow", "", &by_output), "deny"),
    ] {
        let files = [("stack.yaml", stack.as_str()), ("nested/child.yaml", child)];
        assert_eq!(decided(&files), expected, "{stack}");
    }
}

#[test]
fn a_template_that_cloudformation_refuses_does_not_end_the_run() {
    let broken = "Resources: { S: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: !Sub '${aws:PrincipalTag/team}' } } }\n";
    let loaded = read(&[("a.yaml", broken), ("b.yaml", &template(&role(&[READ])))]);
    let unread = loaded.files.iter().filter(|file| file.unread.is_some());
    let names: Vec<_> = unread.map(|file| file.name.as_str()).collect();
    assert!(
        names.iter().any(|name| name.contains("a.yaml:1")),
        "{names:?}"
    );
    assert!(
        loaded
            .files
            .iter()
            .any(|file| file.name.ends_with("b.yaml"))
    );
}

#[test]
fn a_policy_of_a_named_role_may_be_that_of_a_role_whose_name_is_unknown() {
    let reader = role(&[READ]).replace("RoleName: pod-reader", "RoleName: !Ref P");
    for kind in [
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::ManagedPolicy",
    ] {
        let guard = elsewhere(kind, DENY);
        let stack = template(&reader);
        for files in [
            [("a.yaml", &stack), ("b.yaml", &guard)],
            [("a.yaml", &guard), ("b.yaml", &stack)],
        ] {
            let files = files.map(|(name, text)| (name, text.as_str()));
            assert_eq!(decided(&files), "unknown", "{kind}");
        }
    }
    // A name that CloudFormation chooses is no name of another role.
    let reader = role(&[READ]).replace("RoleName: pod-reader, ", "");
    let (stack, guard) = (template(&reader), elsewhere("AWS::IAM::Policy", DENY));
    assert_eq!(decided(&[("a.yaml", &stack), ("b.yaml", &guard)]), "allow");
}

/// AWS CloudFormation Template Reference, "Fn::Transform": `AWS::Include` adds members, another macro may change those beside it.
#[test]
fn what_a_transform_inside_of_a_resource_may_change_is_unknown() {
    let include = "Fn::Transform: { Name: 'AWS::Include', Parameters: { Location: 's3://b/x' } }";
    let own = "Fn::Transform: { Name: Own }";
    let policy = |inside: &str| {
        format!(
            "  Guard: {{ Type: AWS::IAM::RolePolicy, Properties: {{ RoleName: !Ref Reader, PolicyName: g, {inside} }} }}\n"
        )
    };
    let statement = "Effect: Allow, Action: 'sqs:*', Resource: '*'";
    let document = |inside: &str| {
        policy(&format!(
            "PolicyDocument: {{ Version: '2012-10-17', {inside} }}"
        ))
    };
    for (resources, expected) in [
        (
            document(&format!("Statement: [{{ {statement} }}]")),
            "allow",
        ),
        (
            document(&format!("{include}, Statement: [{{ {statement} }}]")),
            "unknown",
        ),
        (
            document(&format!("Statement: [{{ {own}, {statement} }}]")),
            "unknown",
        ),
        (document(include), "unknown"),
        (policy(include), "unknown"),
        (policy(own), "unknown"),
        (
            format!("  Guard: {{ Type: AWS::IAM::RolePolicy, {own} }}\n"),
            "unknown",
        ),
        (format!("  {include}\n"), "unknown"),
    ] {
        let stack = with("", &resources);
        assert_eq!(decided(&[("stack.yaml", &stack)]), expected, "{resources}");
    }
    let untagged = role(&[READ]).replace(
        "RoleName: pod-reader, ",
        &format!("RoleName: pod-reader, {include}, "),
    );
    let stack = template(&untagged);
    assert_eq!(decided(&[("stack.yaml", &stack)]), "unknown");
}

#[test]
fn a_loop_that_is_not_carried_out_leaves_facts_open() {
    for written in [
        "[Name, [a]]",
        "[Name, [a], [b]]",
        "{ Name: a }",
        "[!Ref P, [a], { A: { Type: 'AWS::SQS::Queue' } }]",
    ] {
        let stack = with(
            "Transform: AWS::LanguageExtensions",
            &format!("  Fn::ForEach::Guards: {written}\n"),
        );
        let loaded = load(&[("stack.yaml", &stack)]);
        assert!(
            loaded.files.iter().any(|file| file.unread.is_some()),
            "{written}"
        );
    }
}

/// AWS CloudFormation Template Reference, "Resource tag".
#[test]
fn a_resource_has_the_tags_of_its_stack() {
    let reads = |key: &str, value: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "kms:Decrypt"], "Resource": "*"}},
            {{"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*", "Condition": {{"StringNotEquals": {{"aws:ResourceTag/{key}": "{value}"}}}}}}]}}"#
        )
    };
    for (key, value, expected) in [
        ("aws:cloudformation:logical-id", "Secret", "allow"),
        ("aws:cloudformation:logical-id", "Other", "deny"),
        ("aws:cloudformation:stack-name", "pay", "unknown"),
        ("team", "pay", "deny"),
    ] {
        let stack = template(&role(&[&reads(key, value)]));
        assert_eq!(
            decided(&[("stack.yaml", &stack)]),
            expected,
            "{key} {value}"
        );
    }
    // A nested stack passes on its tags and those of its parent.
    let parent = |tags: &str| {
        format!(
            "Parameters: {{ P: {{ Type: String }} }}\nResources:\n  Inner: {{ Type: AWS::CloudFormation::Stack, Properties: {{ TemplateURL: ./stack.yaml, Tags: {tags} }} }}\n"
        )
    };
    let stack = template(&role(&[&reads("team", "pay")]));
    for (tags, expected) in [
        ("[{ Key: team, Value: pay }]", "allow"),
        ("[{ Key: team, Value: web }]", "deny"),
        ("[{ Key: team, Value: !Ref P }]", "unknown"),
        ("!Ref P", "unknown"),
        ("[!Ref P]", "unknown"),
    ] {
        let outer = parent(tags);
        let files = [("outer.yaml", outer.as_str()), ("stack.yaml", &stack)];
        assert_eq!(decided(&files), expected, "{tags}");
    }
}

#[test]
fn of_two_resources_of_one_logical_id_the_last_is_read_and_they_are_named() {
    let resource = |policy: &str| {
        format!(
            "  Guard: {{ Type: AWS::IAM::RolePolicy, Properties: {{ RoleName: !Ref Reader, PolicyName: g, PolicyDocument: {policy} }} }}\n"
        )
    };
    for (first, last, expected) in [(READ, DENY, "deny"), (DENY, READ, "allow")] {
        let stack = with("", &format!("{}{}", resource(first), resource(last)));
        let loaded = load(&[("stack.yaml", &stack)]);
        assert_eq!(decision(&loaded), expected);
        assert!(loaded.files.iter().any(|file| file.unread.is_some()));
    }
}

#[test]
fn stack_sets_and_applications_are_named_and_leave_facts_open() {
    for kind in [
        "AWS::CloudFormation::StackSet",
        "AWS::Serverless::Application",
    ] {
        let stack = with(
            "",
            &format!(
                "  Other: {{ Type: '{kind}', Properties: {{ Parameters: {{ Role: !Ref Reader }} }} }}\n"
            ),
        );
        let loaded = load(&[("stack.yaml", &stack)]);
        assert_eq!(decision(&loaded), "unknown", "{kind}");
        assert!(
            loaded.files.iter().any(|file| file.unread.is_some()),
            "{kind}"
        );
    }
}

/// Objects that CDK puts into a cluster are read where their text is known, and named where not.
#[test]
fn objects_of_a_cluster_in_a_template_are_read_or_named() {
    let pod = r#"[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"job","namespace":"pay"},"spec":{"serviceAccountName":"api","containers":[{"name":"c","image":"i"}],"volumes":[{"name":"s","csi":{"driver":"secrets-store.csi.k8s.io","readOnly":true,"volumeAttributes":{"secretProviderClass":"api-secrets"}}}]}}]"#;
    let resource = |manifest: &str| {
        with(
            "",
            &format!(
                "  Objects: {{ Type: 'Custom::AWSCDK-EKS-KubernetesResource', Properties: {{ ClusterName: prod, Manifest: {manifest} }} }}\n"
            ),
        )
    };
    for (manifest, expected) in [
        (format!("'{pod}'"), 2),
        (
            format!(
                "!Join ['', ['{}', !Ref P, '{}']]",
                "[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"", "\"}}]"
            ),
            1,
        ),
        ("!Ref P".to_owned(), 1),
    ] {
        let stack = resource(&manifest);
        let loaded = load(&[("stack.yaml", &stack)]);
        assert_eq!(loaded.inventory.workloads.len(), expected, "{manifest}");
        let is_named = loaded.files.iter().any(|file| file.unread.is_some());
        assert_eq!(is_named, manifest == "!Ref P", "{manifest}");
    }
    let chart = with(
        "",
        r#"  Chart: { Type: 'Custom::AWSCDK-EKS-HelmChart', Properties: { Values: '{"serviceAccount":{"annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/x"}}}' } }
"#,
    );
    let loaded = load(&[("stack.yaml", &chart)]);
    assert!(loaded.files.iter().any(|file| file.unread.is_some()));
}

/// What other tools replace before they deploy is no policy that allows nothing.
#[test]
fn a_policy_of_another_form_is_unknown() {
    for document in [
        "{ file: policies/read.json }",
        "{ 'Rain::Embed': read.json }",
    ] {
        let stack = template(&role(&[document]));
        assert_eq!(decided(&[("stack.yaml", &stack)]), "unknown", "{document}");
    }
}
