//! The classes that each provider refuses, and the order of the faults.

use super::*;
use crate::{
    source::{Origin, Span, Spanned},
    syntax::node::{Node, Scalar, Value},
};

fn spanned(text: &str) -> Spanned<String> {
    Spanned::new(text.to_owned(), Origin::NOWHERE)
}

#[expect(clippy::unnecessary_wraps, reason = "the fields are optional")]
fn some(text: &str) -> Option<Spanned<String>> {
    Some(spanned(text))
}

fn object(name: &str) -> Descriptor {
    Descriptor {
        origin: Origin::NOWHERE,
        name: spanned(name),
        kind: some("secretsmanager"),
        alias: None,
        version: None,
        label: None,
        permission: None,
        jmes: Vec::new(),
        failover: None,
        mount_object: None,
        jmes_all: None,
        unquoted: Vec::new(),
        unknown: Vec::new(),
    }
}

fn entry(path: &str, alias: &str) -> JmesEntry {
    JmesEntry {
        origin: Origin::NOWHERE,
        path: some(path),
        alias: some(alias),
        permission: None,
        allow_non_string: None,
        unquoted: Vec::new(),
        unknown: Vec::new(),
    }
}

fn class(parameters: &[(&str, &str)], objects: &[Descriptor]) -> SecretProviderClass {
    let parameters = parameters.iter();
    SecretProviderClass {
        cluster: "prod".to_owned(),
        namespace: "dev".to_owned(),
        name: spanned("app"),
        provider: "aws".to_owned(),
        unquoted: Vec::new(),
        parameters: parameters
            .map(|(name, value)| (spanned(name), spanned(value)))
            .collect(),
        parameters_origin: Origin::NOWHERE,
        objects: objects.to_vec(),
        retyped: None,
        unreadable: None,
        synced: Vec::new(),
    }
}

fn faults(class: &SecretProviderClass, dialect: Dialect) -> Vec<String> {
    let mounting = Mounting {
        dialect,
        region: "us-west-2",
        driver_writes: false,
    };
    let faults = class.faults(&mounting).into_iter();
    faults.map(|fault| fault.value.to_string()).collect()
}

#[test]
fn an_alias_that_no_file_can_have_is_refused_by_both_providers() {
    let off = [("pathTranslation", "False")];
    let cases = [
        ("./db", "it has a component `.` or `..`"),
        ("db/", "it has an empty component"),
        ("a//b", "it has an empty component"),
        ("..", "it has a component `.` or `..`"),
        ("/", "it is empty"),
    ];
    for (alias, reason) in cases {
        let alias = Descriptor {
            alias: some(alias),
            ..object("db")
        };
        for dialect in Dialect::ALL {
            let faults = faults(&class(&off, std::slice::from_ref(&alias)), dialect);
            assert!(
                matches!(faults.as_slice(), [only] if only.contains(reason)),
                "{faults:?}"
            );
        }
        if alias.base_name().value != ".." {
            // A translated slash makes an ordinary name of it.
            let translated = faults(&class(&[], &[alias]), Dialect::Upstream);
            assert_eq!(translated, Vec::<String>::new());
        }
    }
    let climbing = Descriptor {
        alias: some("a/../b"),
        ..object("db")
    };
    assert_eq!(
        faults(&class(&off, &[climbing]), Dialect::Ours),
        ["path can not contain ../: db"]
    );
    let within = Descriptor {
        alias: some("app/db"),
        ..object("db")
    };
    assert!(faults(&class(&off, &[within]), Dialect::Ours).is_empty());
}

#[test]
fn the_alias_of_a_jmes_entry_is_a_file_as_well() {
    let object = Descriptor {
        jmes: vec![entry("user", "../user")],
        ..object("db")
    };
    let class = class(&[("pathTranslation", "False")], &[object]);
    for dialect in Dialect::ALL {
        assert_eq!(
            faults(&class, dialect),
            ["`../user` cannot be a file name, since it has a component `.` or `..`: db"]
        );
    }
}

#[test]
fn a_mode_without_quotes_is_another_number_to_upstream_alone() {
    let object = Descriptor {
        permission: some("0644"),
        unquoted: vec![spanned("filePermission")],
        ..object("db")
    };
    let class = class(&[], &[object]);
    assert_eq!(
        faults(&class, Dialect::Upstream),
        ["Invalid File Permission: 420"]
    );
    assert!(faults(&class, Dialect::Ours).is_empty());
}

#[test]
fn extensions_are_read_by_ours_and_skipped_by_upstream() {
    let wrong = Descriptor {
        mount_object: some("perhaps"),
        ..object("db")
    };
    let wrong = class(&[], &[wrong]);
    assert!(faults(&wrong, Dialect::Upstream).is_empty());
    assert_eq!(
        faults(&wrong, Dialect::Ours),
        ["Failed to load SecretProviderClass: `mountObject` must be true or false"]
    );

    let nothing = Descriptor {
        mount_object: some("false"),
        ..object("db")
    };
    let all = Descriptor {
        jmes_all: some("true"),
        ..nothing.clone()
    };
    let class = class(&[], std::slice::from_ref(&nothing));
    assert!(faults(&class, Dialect::Upstream).is_empty());
    assert_eq!(
        faults(&class, Dialect::Ours),
        ["mountObject is false and there is no jmesPath, so nothing would be mounted: db"]
    );
    assert_eq!(class.files(&nothing, Dialect::Upstream), ["db"]);
    assert!(class.files(&nothing, Dialect::Ours).is_empty());
    assert!(all.takes_all_members(Dialect::Ours));
    assert!(!all.takes_all_members(Dialect::Upstream));
}

#[test]
fn names_of_our_own_entries_are_refused_by_ours_alone() {
    for name in ["..ascp-provider-x", "..data"] {
        let class = class(&[], &[object(name)]);
        assert!(faults(&class, Dialect::Upstream).is_empty());
        assert_eq!(faults(&class, Dialect::Ours).len(), 1);
    }
}

#[test]
fn a_type_that_differs_from_the_service_of_the_arn_is_refused_whatever_the_service() {
    for service in ["secretsmanager", "s3"] {
        let arn = format!("arn:aws:{service}:us-west-2:111122223333:parameter/a");
        let object = Descriptor {
            kind: some("ssmparameter"),
            ..object(&arn)
        };
        assert_eq!(
            faults(&class(&[], &[object]), Dialect::Upstream),
            [format!("objectType does not match ARN: {arn}")]
        );
    }
}

#[test]
fn an_empty_text_is_absent() {
    let object = Descriptor {
        kind: some(""),
        alias: some(""),
        label: some("x"),
        version: some(""),
        ..object("arn:aws:ssm:us-west-2:111122223333:parameter/a")
    };
    assert!(object.is_parameter());
    let class = class(&[("pathTranslation", "")], &[object]);
    assert!(faults(&class, Dialect::Upstream).is_empty());
    assert_eq!(
        class.files(&class.objects[0], Dialect::Upstream),
        ["arn:aws:ssm:us-west-2:111122223333:parameter_a"]
    );
}

#[test]
fn what_works_by_accident_is_a_doubt_and_no_fault() {
    let arn = "arn:aws:secretsmanager:us-west-2:111122223333:secret:a";
    let objects = [object("a/b"), object("a_b"), object(arn)];
    let class = class(&[("failoverRegion", "us-east-1")], &objects);
    assert!(faults(&class, Dialect::Ours).is_empty());
    let mounting = Mounting {
        dialect: Dialect::Ours,
        region: "us-west-2",
        driver_writes: false,
    };
    let doubts = class.doubts(&mounting).into_iter();
    assert_eq!(
        doubts
            .map(|doubt| doubt.value.to_string())
            .collect::<Vec<_>>(),
        [
            "a/b and a_b both become the file a_b; the last one wins".to_owned(),
            format!(
                "{arn} is an ARN of us-west-2 and is also requested in us-east-1; add a failoverObject"
            ),
        ]
    );
}

#[test]
fn the_first_fault_is_the_one_that_upstream_finds_first() {
    let class = class(
        &[
            ("failoverRegion", "us-west-2"),
            ("usePodIdentity", "yes"),
            ("pathTranslation", "--"),
        ],
        &[object("")],
    );
    assert_eq!(
        faults(&class, Dialect::Upstream),
        [
            "us-west-2: failover region cannot be the same as the primary region",
            "failed to parse usePodIdentity value, error: `yes` is none of 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False",
            "pathTranslation must be either 'False' or a single character string",
            "Object name must be specified",
        ]
    );
}

#[test]
fn only_the_twelve_words_of_go_are_truth_values() {
    for word in ["1", "t", "T", "TRUE", "true", "True"] {
        assert_eq!(truth(word), Some(true), "{word}");
    }
    for word in ["0", "f", "F", "FALSE", "false", "False"] {
        assert_eq!(truth(word), Some(false), "{word}");
    }
    for word in ["", "yes", "tRUE", " true", "on", "2"] {
        assert_eq!(truth(word), None, "{word}");
    }
}

#[test]
fn a_path_that_is_no_jmespath_is_refused_by_both_providers() {
    let with = |path: &str| Descriptor {
        jmes: vec![entry(path, "x")],
        ..object("db")
    };
    for dialect in Dialect::ALL {
        let of = |path: &str| faults(&class(&[], &[with(path)]), dialect);
        assert_eq!(of("foo-bar"), ["Invalid JMES Path: foo-bar."]);
        assert!(of("\"foo-bar\".a[0]").is_empty());
    }
    let help = |path: &str| {
        let path = path.to_owned();
        ClassFault::JmesPathInvalid { path }.help()
    };
    assert_eq!(help("a.foo-bar"), "path: 'a.\"foo-bar\"'");
    assert!(help("$.a").starts_with("write a JMESPath"));
}

#[test]
fn the_aws_provider_reads_other_names_where_yaml_1_1_types_them() {
    // A list of one mapping in the form of JSON, in which the texts have no quotes.
    let scalar = |text: &str| Node {
        value: Value::String(Scalar {
            text: text.into(),
            ..Default::default()
        }),
        origin: Origin {
            span: Span::new(0, text.len()),
            ..Origin::NOWHERE
        },
    };
    let member = |key: &str, value: &str| (scalar(key), scalar(value));
    let of = |members| {
        let value = Value::Map(members);
        let item = Node {
            value,
            origin: Origin::NOWHERE,
        };
        Node {
            value: Value::List(vec![item]),
            origin: Origin::NOWHERE,
        }
    };
    let document = of(vec![
        member("objectName", "yes"),
        member("objectAlias", "010"),
        member("filePermission", "0644"),
    ]);
    let retyped = read_retyped(Some(&document), "");
    let objects = read_objects(Some(&document), "").unwrap();
    let class = SecretProviderClass {
        retyped,
        ..class(&[], &objects)
    };
    let names = |dialect| {
        let object = &class.objects_of(dialect)[0];
        let alias = object.alias.as_ref().map(|alias| alias.value.clone());
        (object.name.value.clone(), alias.unwrap_or_default())
    };
    assert_eq!(names(Dialect::Upstream), ("true".into(), "8".into()));
    assert_eq!(names(Dialect::Ours), ("yes".into(), "010".into()));
    let mode = class.objects_of(Dialect::Upstream)[0].permission.as_ref();
    assert_eq!(mode.map(|mode| mode.value.as_str()), Some("0644"));
    assert!(read_retyped(Some(&of(vec![member("objectName", "dev/db")])), "").is_none());
}
