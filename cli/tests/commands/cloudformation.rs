//! CloudFormation templates: what they tell, what nobody can know before the stack is made, and what is never shown.

use super::support::{Run, fixtures, run_in};
use expect_test::{Expect, expect};
use std::{fs, path::Path};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// A copy of a scenario in which one text of one file is another.
fn changed(name: &str, file: &str, from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(
        &fixtures().join("inputs/cloudformation").join(name),
        folder.path(),
    );
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replace(from, to)).unwrap();
    folder
}

/// A run over one template; `shop` is the account.
fn run(template: &str, arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("stack.yaml"), template).unwrap();
    run_in(folder.path(), arguments)
}

fn world(resources: &str) -> String {
    let template = format!("AWSTemplateFormatVersion: '2010-09-09'\n{resources}");
    let place = ["--account", "shop=111122223333", "--region", "us-east-1"];
    let run = run(&template, &[&["world"][..], &place].concat());
    run.out + &run.err
}

/// What the loader says of facts that it did not take as they stand.
fn notes(resources: &str, place: &[&str]) -> String {
    let template = format!("AWSTemplateFormatVersion: '2010-09-09'\n{resources}");
    let run = run(
        &template,
        &[&["world", "--output", "json"][..], place].concat(),
    );
    let answer = run.json();
    let notes = answer["notes"].as_array().unwrap().iter();
    notes
        .map(|note| note.as_str().unwrap().to_owned() + "\n")
        .collect()
}

#[test]
fn promises_hold_over_stacks_that_do_not_exist_yet() {
    for (name, promises) in [("single-account", 8), ("cross-account", 4)] {
        let folder = fixtures().join("inputs/cloudformation").join(name);
        let run = run_in(&folder, &["test"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        let line = format!("{promises} of {promises} promises hold");
        assert!(run.out.contains(&line), "{}", run.out);
        let run = run_in(&folder, &["check"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        let run = run_in(&folder, &["check", "--verbose", "--output", "json"]);
        assert!(!(run.out + &run.err).contains("canary"));
    }
}

#[test]
fn a_mistake_is_reported_at_its_line() {
    let folder = changed(
        "single-account",
        "pods.json",
        "${aws:PrincipalTag/kubernetes-namespace}",
        "${aws:PrincipalTag/kubernetes_namespace}",
    );
    let run = run_in(folder.path(), &["check"]);
    expect![[r#"
          × high TAG101 misspelt-session-tag: prod:dev/app cannot read `shop:dev/db`: no session has the
          │ tag `kubernetes_namespace`
            ╭─[pods.json:43:90]
         42 │                 "StringEquals": {
         43 │                   "secretsmanager:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes_namespace}",
            ·                                                                                          ──────────┬─────────
            ·                                                                                                    ╰── no such session tag
         44 │                   "secretsmanager:ResourceTag/eks-cluster-name": { "Fn::Sub": "${!aws:PrincipalTag/eks-cluster-name}" }
            ╰────
            ╭─[k8s/secretproviderclasses.yaml:12:21]
         11 │     objects: |
         12 │       - objectName: dev/db
            ·                     ───┬──
            ·                        ╰── mounted here
         13 │         objectType: secretsmanager
            ╰────
          note: the variable has no value, so the condition never matches
          note: it also breaks prod:qa/app with shop:qa/db
          note: not allowed: arn:aws:iam::111122223333:role/pod-reader secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-?????? with secretsmanager:ResourceTag/kubernetes-namespace = dev
          help: did you mean `kubernetes-namespace`?

        1 note about the inputs; `--verbose` prints it
        1 finding; 1 account, 1 cluster, 2 pods, 2 objects; 0 of 2 mounts work
    "#]].assert_eq(&run.timeless());
    assert_eq!(run.code, 1);
    let folder = changed(
        "cross-account",
        "vault.yaml",
        "secretsmanager.${AWS::Region}.amazonaws.com",
        "ssm.${AWS::Region}.amazonaws.com",
    );
    let run = run_in(folder.path(), &["check"]);
    expect![[r#"
          × high KMS104 via-service-wrong-service: prod:dev/app cannot read `vault:dev/db`: the key policy
          │ does not allow `shop:pod-reader` to decrypt
            ╭─[vault.yaml:25:52]
         24 │             Condition:
         25 │               StringEquals: { kms:ViaService: !Sub "ssm.${AWS::Region}.amazonaws.com" }
            ·                                                    ─────────────────┬────────────────
            ·                                                                     ╰── StringEquals kms:ViaService requires `ssm.us-east-1.amazonaws.com`, and the request contains `secretsmanager.us-east-1.amazonaws.com`
         26 │ 
            ╰────
            ╭─[k8s/secretproviderclasses.yaml:12:21]
         11 │     objects: |
         12 │       - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db
            ·                     ─────────────────────────────┬─────────────────────────────
            ·                                                  ╰── mounted here
         13 │         objectAlias: db
            ╰────
          note: not allowed: arn:aws:iam::111122223333:role/pod-reader kms:Decrypt on arn:aws:kms:us-east-1:444455556666:key/<id of vault:Key in vault.yaml> with kms:ViaService = secretsmanager.us-east-1.amazonaws.com
          help: write "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" under StringEquals of statement `readers` of key policy

        1 note about the inputs; `--verbose` prints it
        1 finding; 2 accounts, 1 cluster, 2 pods, 1 object; 0 of 1 mounts work
    "#]].assert_eq(&run.timeless());
    assert_eq!(run.code, 1);
}

#[test]
fn a_policy_variable_that_sub_swallows_is_refused_as_cloudformation_does() {
    let folder = changed(
        "cross-account",
        "shop.yaml",
        "${!aws:PrincipalTag/eks",
        "${aws:PrincipalTag/eks",
    );
    let run = run_in(folder.path(), &["check"]);
    expect![[r#"
          × `${aws:PrincipalTag/eks-cluster-name}` inside `Fn::Sub` is not a name of this template
            ╭─[shop.yaml:33:72]
         32 │                     secretsmanager:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
         33 │                     secretsmanager:ResourceTag/eks-cluster-name: !Sub "${aws:PrincipalTag/eks-cluster-name}"
            ·                                                                        ────────────────────────────────────
         34 │               - Effect: Allow
            ╰────
          help: write `${!aws:PrincipalTag/eks-cluster-name}`, so that the variable reaches the policy
        exit 2
    "#]].assert_eq(&format!("{}exit {}\n", run.err, run.code));
}

#[test]
fn what_rests_on_a_parameter_is_unknown() {
    let folder = changed(
        "cross-account",
        "ascp-policy.yaml",
        "    values: { SecretArn: \"arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-??????\" }\n",
        "",
    );
    let run = run_in(folder.path(), &["test", "--output", "json"]);
    let answer = run.json();
    assert_eq!(answer["summary"]["broken"], 0, "{answer}");
    assert_eq!(run.code, 3, "{answer}");
    let missing = run_in(folder.path(), &["check", "--output", "json"]).json();
    assert!(
        missing["undecided"]
            .to_string()
            .contains("parameter SecretArn"),
        "{missing}"
    );
}

#[test]
fn an_exception_in_metadata_covers_its_resource() {
    let template = |metadata: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Reader:
    Type: AWS::IAM::Role
    Metadata:
      ascp-policy: {{ ignore: [{metadata}] }}
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{{ Effect: Allow, Principal: {{ Service: pods.eks.amazonaws.com }}, Action: 'sts:AssumeRole' }}]
"
        )
    };
    let codes = |metadata: &str| {
        let arguments = [
            "check",
            "--account",
            "shop=111122223333",
            "--output",
            "json",
        ];
        let answer = run(&template(metadata), &arguments).json();
        let code = |finding: &serde_json::Value| finding["code"].as_str().unwrap().to_owned();
        let list = |name: &str| {
            answer[name]
                .as_array()
                .unwrap()
                .iter()
                .map(code)
                .collect::<Vec<_>>()
        };
        (list("findings").join(" "), list("suppressed").join(" "))
    };
    expect![[r#"("POD104 POD102", "")"#]].assert_eq(&format!("{:?}", codes("")));
    expect![[r#"("POD104", "POD102")"#]].assert_eq(&format!(
        "{:?}",
        codes("{ code: POD102, reason: moves to IRSA }")
    ));
    expect![[r#"("CFG103 POD104 POD102", "")"#]].assert_eq(&format!(
        "{:?}",
        codes("{ code: POD102, reason: moves, until: 2024-01-31 }")
    ));
    expect![[r#"("CFG101 POD104 POD102", "")"#]].assert_eq(&format!(
        "{:?}",
        codes("{ code: TAG101, reason: none needed }")
    ));
    let bad = run(&template("{ reason: no code }"), &["check"]);
    expect![[r"
          × an exception needs a `code`
           ╭─[stack.yaml:6:31]
         5 │     Metadata:
         6 │       ascp-policy: { ignore: [{ reason: ******* }] }
           ·                               ───────────────────
         7 │     Properties:
           ╰────
          help: ignore: [{code: TAG101, reason: …}]
        exit 2
    "]]
    .assert_eq(&format!("{}exit {}\n", bad.err, bad.code));
}

#[test]
fn functions_are_carried_out() {
    check_parameter("!Ref AWS::Region", &expect![[r#"{"tag":"us-east-1"}"#]]);
    check_parameter(
        "!Sub '${AWS::AccountId}-${Name}-${!x}'",
        &expect![[r#"{"tag":"111122223333-app-${x}"}"#]],
    );
    check_parameter(
        "!Sub ['${a}/${Name}', { a: !Ref AWS::Partition }]",
        &expect![[r#"{"tag":"aws/app"}"#]],
    );
    check_parameter(
        "!Join [':', [a, !Ref Name, !If [No, x, !Ref AWS::NoValue]]]",
        &expect![[r#"{"tag":"a:app"}"#]],
    );
    check_parameter(
        "!Select [1, !Split ['-', a-b-c]]",
        &expect![[r#"{"tag":"b"}"#]],
    );
    check_parameter("!Select ['0', !Ref Many]", &expect![[r#"{"tag":"one"}"#]]);
    check_parameter(
        "!FindInMap [Sizes, !Ref AWS::Region, big]",
        &expect![[r#"{"tag":"3"}"#]],
    );
    check_parameter(
        "!FindInMap [Sizes, nowhere, big, { DefaultValue: small }]",
        &expect![[r#"{"tag":"small"}"#]],
    );
    check_parameter("!If [Yes, !If [No, a, b], c]", &expect![[r#"{"tag":"b"}"#]]);
    check_parameter("!If [Maybe, same, same]", &expect![[r#"{"tag":"same"}"#]]);
    check_parameter(
        "!If [Maybe, one, other]",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <the condition Maybe>"
        ],
    );
    check_parameter("!If [Both, one, other]", &expect![[r#"{"tag":"other"}"#]]);
    check_parameter(
        "!If [Circle, one, other]",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <the condition Circle>"
        ],
    );
    check_parameter(
        "!GetAtt Topic.Arn",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <Topic.Arn>"
        ],
    );
    check_parameter(
        "!ImportValue elsewhere",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <the export elsewhere>"
        ],
    );
    check_parameter(
        "'{{resolve:ssm:/x}}-y'",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <resolve:ssm:/x>-y"
        ],
    );
    check_parameter("{ Fn::Length: !Ref Many }", &expect![[r#"{"tag":"2"}"#]]);
    check_parameter(
        "{ Fn::Base64: x }",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <Fn::Base64 x>"
        ],
    );
    check_parameter(
        "!Ref Hidden",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <parameter Hidden>"
        ],
    );
    check_parameter(
        "!Ref Given",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <parameter Given>"
        ],
    );
    check_parameter(
        "!GetAtt Self.Name",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <Self.Name>"
        ],
    );
    check_parameter(
        "!Sub '${Unheard}'",
        &expect![
            "# not in this file: the parameter shop:/app: a part of its tag tag is unknown: <Unheard>"
        ],
    );
}

/// A tag of a parameter, as the world tells it.
fn check_parameter(value: &str, expected: &Expect) {
    let world = world(&format!(
        "Parameters:
  Name: {{ Type: String, Default: app }}
  Many: {{ Type: CommaDelimitedList, Default: 'one, two' }}
  Hidden: {{ Type: String, NoEcho: true, Default: canary }}
  Given: {{ Type: String }}
Mappings: {{ Sizes: {{ us-east-1: {{ big: 3 }} }} }}
Conditions:
  Yes: !Equals [!Ref Name, app]
  No: !Not [Condition: 'Yes']
  Maybe: !Equals [!Ref Given, app]
  Both: !And [!Condition Maybe, !Condition No]
  Circle: !Not [!Condition Circle]
Resources:
  Topic: {{ Type: AWS::SNS::Topic }}
  Self: {{ Type: AWS::SSM::Parameter, Properties: {{ Name: /app, Type: String, Tags: {{ tag: {value} }} }} }}
"
    ));
    let line = world
        .lines()
        .find(|line| line.contains("\"tag\"") || line.contains("of its tag tag"))
        .unwrap_or(&world);
    let line = line.trim().trim_start_matches("tags: ");
    expected.assert_eq(line);
}

#[test]
fn resources_give_what_answers_of_aws_give() {
    let world = world(
        "Resources:
  Key: { Type: AWS::KMS::Key, Properties: { Enabled: false, KeyPolicy: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*' }] } } }
  Alias: { Type: AWS::KMS::Alias, Properties: { AliasName: alias/app, TargetKeyId: !GetAtt Key.Arn } }
  Db:
    Type: AWS::SecretsManager::Secret
    Properties: { KmsKeyId: !Ref Key, ReplicaRegions: [{ Region: eu-west-1, KmsKeyId: alias/eu }] }
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: managed
      Path: /team/
      Roles: [!Ref Role]
      PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref Db }] }
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess']
      PermissionsBoundary: !Ref Managed
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { Service: pods.eks.amazonaws.com }, Action: ['sts:AssumeRole', 'sts:TagSession'] }] }
      Tags: [{ Key: team, Value: a }]
  Inline:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: inline
      Roles: [!Ref Role, elsewhere]
      PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Deny, Action: 'ssm:*', Resource: '*' }] }
  Cluster: { Type: AWS::EKS::Cluster, Properties: { Name: prod } }
  Association:
    Type: AWS::EKS::PodIdentityAssociation
    Properties:
      { ClusterName: !Ref Cluster, Namespace: dev, ServiceAccount: app, RoleArn: !GetAtt Role.Arn, TargetRoleArn: 'arn:aws:iam::444455556666:role/x', DisableSessionTags: true }
  Addon:
    Type: AWS::EKS::Addon
    Properties: { ClusterName: prod, AddonName: vpc-cni, PodIdentityAssociations: [{ ServiceAccount: aws-node, RoleArn: !GetAtt Role.Arn }] }
  Parameter: { Type: AWS::SSM::Parameter, Properties: { Name: /app/a, Type: String, Tier: Advanced, Value: canary } }
  Share: { Type: AWS::RAM::ResourceShare, Properties: { ResourceArns: ['arn:aws:ssm:us-east-1:111122223333:parameter/app/a'], Principals: ['444455556666'] } }
  Scp:
    Type: AWS::Organizations::Policy
    Properties: { Name: guard, Type: SERVICE_CONTROL_POLICY, TargetIds: ['111122223333'], Content: { Version: '2012-10-17', Statement: [{ Effect: Deny, Action: 'ssm:*', Resource: '*' }] } }
",
    );
    expect![[r#"
        # not in this file: the role shop:elsewhere: its trust policy is unknown or wrong
        ascp-policy: 1
        closed: []
        externals:
          roles: ["shop:elsewhere"]
        accounts:
          shop:
            id: "111122223333"
            region: us-east-1
            scps:
              guard: {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ssm:*","Resource":"*"}]}
            clusters:
              prod:
                region: us-east-1
                serviceAccounts:
                  dev/app:
                    association:
                      role: "shop:<name of Role in stack.yaml>"
                      targetRole: "arn:aws:iam::444455556666:role/x"
                      sessionTags: false
                  kube-system/aws-node:
                    association:
                      role: "shop:<name of Role in stack.yaml>"
            policies:
              team/managed: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-east-1:111122223333:secret:<name of Db in stack.yaml>-??????"}]}
            roles:
              "<name of Role in stack.yaml>":
                trust: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}
                policies:
                  inline: {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ssm:*","Resource":"*"}]}
                attach: ["arn:aws:iam::aws:policy/ReadOnlyAccess","arn:aws:iam::111122223333:policy/team/managed"]
                boundary: "arn:aws:iam::111122223333:policy/team/managed"
                tags: {"team":"a"}
            secrets:
              "<name of Db in stack.yaml>":
                region: us-east-1
                key: "shop:Key in stack.yaml"
                replicas:
                  eu-west-1:
                    key: "arn:aws:kms:eu-west-1:111122223333:alias/eu"
            parameters:
              /app/a:
                region: us-east-1
                type: String
                tier: Advanced
                share: ["444455556666"]
            keys:
              "Key in stack.yaml":
                policy: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}
                region: us-east-1
                aliases: ["alias/app"]
                enabled: false
    "#]].assert_eq(&world);
}

#[test]
fn without_an_account_the_answers_hold_for_any_account() {
    let template = "AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: pods.eks.amazonaws.com }, Action: 'sts:AssumeRole' }]
";
    let run = run(template, &["check", "--verbose"]);
    expect![[r#"
        read     stack.yaml  (a CloudFormation template)

          × high POD102 trust-missing-tag-session: the trust policy of `account:<name of Reader in
          │ stack.yaml>` allows EKS to assume the role, but not to set session tags
           ╭─[stack.yaml:8:94]
         7 │         Version: '2012-10-17'
         8 │         Statement: [{ Effect: Allow, Principal: { Service: pods.eks.amazonaws.com }, Action: 'sts:AssumeRole' }]
           ·                                                                                              ────────┬───────
           ·                                                                                                      ╰── sts:TagSession is missing
           ╰────
          note: example of a request that is not allowed: pods.eks.amazonaws.com sts:TagSession on arn:aws:iam::000000000000:role/<name of Reader in stack.yaml>
          help: Action: ["sts:AssumeRole", "sts:TagSession"]

          ⚠ info POD104 trust-no-source-guard: EKS can assume `account:<name of Reader in stack.yaml>` for
          │ pods of any cluster
           ╭─[stack.yaml:8:49]
         7 │         Version: '2012-10-17'
         8 │         Statement: [{ Effect: Allow, Principal: { Service: pods.eks.amazonaws.com }, Action: 'sts:AssumeRole' }]
           ·                                                 ─────────────────┬─────────────────
           ·                                                                  ╰── accepts any cluster
           ╰────
          help: test `aws:SourceAccount`, and `aws:SourceArn` with the ARN of the cluster

          note: no input states the account of `stack.yaml`: the answers hold for any account, which they show as 000000000000; add `--account NAME=ID` to state it
        no mount: no workload has a CSI volume of secrets-store.csi.k8s.io
        2 findings; 1 account, 0 clusters, 0 pods, 0 objects; 0 of 0 mounts work
    "#]].assert_eq(&run.timeless());
}

#[test]
fn what_is_left_out_is_reported() {
    let shop = ["--account", "shop=111122223333"];
    let resources = "Parameters: { Stage: { Type: String } }
Conditions: { Prod: !Equals [!Ref Stage, prod] }
Resources:
  Nested: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: x } }
  Fn::ForEach::Roles: [Name, [a, b], {}]
  Db: { Type: AWS::SecretsManager::Secret, Condition: Prod, Properties: { Name: db } }
  Other: { Type: AWS::SecretsManager::Secret, Properties: { Name: other } }
  Policy:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties: { SecretId: gone, ResourcePolicy: { Version: '2012-10-17', Statement: !Ref Stage } }
";
    expect![[r"
        tags that a deployment gives to a stack (`aws cloudformation deploy --tags`) are in no template: secrets of `stack.yaml` count without them
        the condition `Prod` is unknown, so it is unknown whether this resource exists
        the region of the stack of `stack.yaml` is unknown, so its secrets, keys, parameters and clusters are not read; add `--region REGION`
        the resource policy in `Policy` is unknown until the stack is made: it depends on parameter Stage
        `Policy` refers to `gone`, which nothing describes, so it is left out
    "]].assert_eq(&notes(resources, &shop));
}

#[test]
fn an_assembly_of_cdk_places_its_stacks() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("cdk.out");
    fs::create_dir_all(&out).unwrap();
    let manifest = r#"{ "version": "39.0.0", "artifacts": {
        "Tree": { "type": "cdk:tree" },
        "Pods": { "type": "aws:cloudformation:stack", "environment": "aws://111122223333/us-east-1", "properties": { "templateFile": "Pods.template.json", "stackName": "pods" } },
        "Gone": { "type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "properties": { "templateFile": "Gone.template.json" } },
        "Out": { "type": "aws:cloudformation:stack", "properties": { "templateFile": "../../etc/passwd" } } } }"#;
    let template = r#"{ "Resources": { "Reader5C": { "Type": "AWS::IAM::Role", "Metadata": { "aws:cdk:path": "Pods/Reader/Resource" }, "Properties": {
        "RoleName": { "Fn::Sub": "${AWS::StackName}-reader" },
        "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Principal": { "Service": "pods.eks.amazonaws.com" }, "Action": "sts:AssumeRole" } ] } } } } }"#;
    fs::write(out.join("manifest.json"), manifest).unwrap();
    fs::write(out.join("Pods.template.json"), template).unwrap();
    let whole = run_in(folder.path(), &["check", "cdk.out"]);
    expect![[r#"
          × high POD102 trust-missing-tag-session: the trust policy of `111122223333:pods-reader` allows
          │ EKS to assume the role, but not to set session tags
           ╭─[cdk.out/Pods.template.json:4:98]  Pods/Reader/Resource: sts:TagSession is missing
          note: example of a request that is not allowed: pods.eks.amazonaws.com sts:TagSession on arn:aws:iam::111122223333:role/pods-reader
          help: "Action": ["sts:AssumeRole", "sts:TagSession"]

          ⚠ info POD104 trust-no-source-guard: EKS can assume `111122223333:pods-reader` for pods of any
          │ cluster
           ╭─[cdk.out/Pods.template.json:4:47]  Pods/Reader/Resource: accepts any cluster
          help: test `aws:SourceAccount`, and `aws:SourceArn` with the ARN of the cluster

        2 notes about the inputs; `--verbose` prints them
        no mount: no workload has a CSI volume of secrets-store.csi.k8s.io
        2 findings; 1 account, 0 clusters, 0 pods, 0 objects; 0 of 0 mounts work
    "#]].assert_eq(&whole.timeless());
    let named = run_in(folder.path(), &["check", "cdk.out/manifest.json"]);
    assert_eq!(named.timeless(), whole.timeless());
    let run = run_in(folder.path(), &["world", "cdk.out", "--output", "json"]);
    let answer = run.json();
    assert!(
        answer["world"].as_str().unwrap().contains("pods-reader"),
        "{answer}"
    );
    expect![[r#"["a template of an assembly lies in the folder of its manifest","`cdk.out/manifest.json` names `cdk.out/Gone.template.json`, which is not there"]"#]].assert_eq(&answer["notes"].to_string());
}

#[test]
fn hostile_templates_end_soon() {
    let mut chain = String::from("Resources:\n");
    for at in 0..3_000 {
        chain.push_str(&format!(
            "  R{at}: {{ Type: AWS::IAM::Role, Properties: {{ RoleName: !Ref R{} }} }}\n",
            at + 1
        ));
    }
    let circle = "Resources:\n  A: { Type: AWS::IAM::Role, Properties: { RoleName: !Ref B } }\n  B: { Type: AWS::IAM::Role, Properties: { RoleName: !Sub '${A}${A}' } }\n";
    let mut laughs = String::from("Resources:\n");
    for at in 0..60 {
        laughs.push_str(&format!(
            "  R{at}: {{ Type: AWS::IAM::Role, Properties: {{ RoleName: !Sub '${{R{0}}}${{R{0}}}' }} }}\n",
            at + 1
        ));
    }
    let odd = "Resources: { A: 1, B: { Type: [] }, C: { Type: AWS::IAM::Role, Properties: [] }, D: { Type: AWS::IAM::Role, Properties: { RoleName: {Ref: [1]}, Policies: 3, Tags: x, ManagedPolicyArns: {a: b}, AssumeRolePolicyDocument: !Sub [] } } }\nOutputs: { X: { Export: 3 } }\nConditions: []\nMappings: 3\nParameters: x\n";
    for template in [chain.as_str(), circle, &laughs, odd] {
        let place = ["--account", "shop=111122223333", "--region", "us-east-1"];
        let template = format!("AWSTemplateFormatVersion: '2010-09-09'\n{template}");
        let run = run(&template, &[&["check"][..], &place].concat());
        assert!((0..=3).contains(&run.code), "{}{}", run.out, run.err);
    }
}
