// swift-tools-version: 6.1
import PackageDescription

/// The same strict flags for every target.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}
func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}
/// Targets that see no more of the others than a user's package would.
func customer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, packageAccess: false, swiftSettings: strict)
}
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, packageAccess: false, swiftSettings: strict)
}
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "restate-sdk-swift",
    // For the client: older systems have no executors for tasks and no atomics. Not compiled there yet.
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "Restate", targets: ["Restate"]),
        .library(name: "RestateLocal", targets: ["RestateLocal"]),
        .library(name: "RestateClient", targets: ["RestateClient"]),
        .library(name: "RestateLambda", targets: ["RestateLambda"]),
        .library(name: "RestateServices", targets: ["RestateServices"]),
        .library(name: "RestateTesting", targets: ["RestateTesting"]),
        .executable(name: "nexus", targets: ["NexusProgram"]),
        .executable(name: "nexus-endpoint", targets: ["NexusEndpoint"]),
        .executable(name: "patterns", targets: ["PatternsCommand"]),
        .executable(name: "restate-local", targets: ["LocalCommand"]),
        .executable(name: "test-services", targets: ["TestServices"]),
        .executable(name: "probe-services", targets: ["ProbeServices"]),
        .executable(name: "benchmarks", targets: ["Benchmarks"]),
        .executable(name: "fuzz", targets: ["Fuzzers"]),
    ],
    traits: [
        .trait(
            name: "RequestIdentity",
            description: "Checks and makes the signatures of requests. Needs libssl-dev."),
        .trait(
            name: "PostgreSQL",
            description: "The pattern 'database' of the program patterns. Needs libpq-dev."),
        .trait(
            name: "WithoutFoundation",
            description: "Leaves out what needs Foundation, for small programs: Date, UUID, Data…"),
        .default(enabledTraits: []),
    ],
    targets: [
        // Floor 0: C headers only.
        .systemLibrary(
            name: "CNghttp2", pkgConfig: "libnghttp2",
            providers: [.apt(["libnghttp2-dev"]), .brew(["nghttp2"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
        .systemLibrary(
            name: "CPostgreSQL", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        // Floor 0 too: what the standard library lacks; durations and moments as numbers and as text.
        target("Primitives"),
        target("Times"),
        // Floor 1: what a message is; how bytes travel. Neither knows the other.
        target("RestateProtocol", ["Primitives"]),
        target("RestateHTTP", ["CLinux", "CNghttp2", "Primitives", "Times"]),
        // Floor 1 too: Codable values and one spelling of their JSON.
        target("CanonicalJSON", ["Times"]),
        // Floor 1 too: a database in a file; queries over whatever gives rows.
        target("SQLite", ["CSQLite"]),
        target("SQLEngine", ["CanonicalJSON", "Primitives"]),
        // Floor 2: one attempt of one invocation, without I/O, clock or threads.
        target("RestateMachine", ["Primitives", "RestateProtocol", "Times"]),
        // Floor 2 too: the server's side of all invocations, without I/O, clock or threads. Neither of the
        // two readers of the protocol knows the other: they test each other.
        target(
            "RestateRuntime", ["CanonicalJSON", "Primitives", "RestateProtocol", "Times"]),
        // Floor 2 too: recorded journals as files, and what a replay of one shows.
        target("RestateJournals", ["CanonicalJSON", "Primitives", "RestateProtocol"]),
        // Floor 2 too: signatures of requests. What needs libcrypto is here alone.
        target(
            "RestateIdentity",
            [
                "CanonicalJSON", "Primitives", "RestateProtocol",
                .target(name: "CCrypto", condition: .when(traits: ["RequestIdentity"])),
            ]),
        // Floor 3: services, contexts and one attempt, over whatever carries its bytes.
        target(
            "RestateServices",
            ["CanonicalJSON", "Primitives", "RestateMachine", "RestateProtocol", "Times"]),
        // Floor 4: the endpoint, discovery, the server.
        target(
            "Restate",
            [
                "CanonicalJSON", "Primitives", "RestateHTTP", "RestateIdentity",
                "RestateJournals", "RestateMachine", "RestateProtocol", "RestateServices", "Times",
            ]),
        // Floor 4 too: handlers called from programs outside of them. It needs no transport of ours.
        target("RestateClient", ["CanonicalJSON", "Primitives", "RestateServices", "Times"]),
        // Floor 5: the server's side in one process, for development and tests.
        target(
            "RestateLocal",
            [
                "CanonicalJSON", "Primitives", "Restate", "RestateHTTP", "RestateIdentity",
                "RestateProtocol", "RestateRuntime", "SQLEngine", "SQLite", "Times",
            ]),
        // Floor 5 too: an endpoint as a function of AWS Lambda.
        target(
            "RestateLambda",
            ["CanonicalJSON", "Primitives", "Restate", "RestateHTTP", "RestateProtocol"]),
        // Floor 5 too: handlers tried out in tests, without ports.
        target(
            "RestateTesting",
            [
                "CanonicalJSON", "Primitives", "Restate", "RestateHTTP", "RestateJournals",
                "RestateProtocol", "RestateRuntime", "Times",
            ]),
        // Floor 6: the application and the executables.
        customer("Nexus", ["Restate"]),
        // The page's files are in the program, so that it may be copied anywhere.
        .target(
            name: "NexusPage", dependencies: ["Nexus", "Restate", "RestateClient"],
            resources: [.embedInCode("Resources")], packageAccess: false, swiftSettings: strict),
        customer("NexusOperations", ["Nexus", "Restate", "RestateClient"]),
        customer(
            "NexusScenarios",
            ["Nexus", "NexusOperations", "Restate", "RestateClient", "RestateLocal"]),
        customer("NexusLoad", ["Nexus", "NexusOperations", "Restate", "RestateClient"]),
        target("Commands", ["Primitives"]),
        // What serves a Restate server does not see the local runtime: neither it nor SQLite is linked.
        customer(
            "NexusCommand",
            ["Commands", "Nexus", "NexusOperations", "NexusPage", "Restate", "RestateClient"]),
        program("NexusEndpoint", ["NexusCommand"]),
        program(
            "NexusProgram",
            [
                "Commands", "Nexus", "NexusCommand", "NexusLoad", "NexusScenarios", "Restate",
                "RestateClient", "RestateLocal",
            ]),
        customer(
            "Patterns",
            [
                "Restate", "RestateClient",
                .target(name: "CPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
            ]),
        program(
            "PatternsCommand",
            ["Commands", "Patterns", "Restate", "RestateClient", "RestateLocal"]),
        executable(
            "LocalCommand",
            [
                "CanonicalJSON", "Commands", "Primitives", "RestateHTTP", "RestateJournals",
                "RestateLocal", "RestateRuntime", "Times",
            ]),
        executable(
            "TestServices",
            ["CanonicalJSON", "Commands", "Nexus", "Primitives", "Restate", "RestateHTTP"]),
        executable("ProbeServices", ["Commands", "Restate"]),
        executable(
            "Benchmarks",
            [
                "CanonicalJSON", "Commands", "Restate", "RestateHTTP", "RestateLocal",
                "RestateMachine", "RestateProtocol", "SQLite",
            ]),
        executable(
            "Fuzzers",
            [
                "CanonicalJSON", "CLinux", "Commands", "Primitives", "Restate", "RestateHTTP",
                "RestateLocal", "RestateMachine", "RestateProtocol", "RestateRuntime", "Support",
            ]),
        .executableTarget(
            name: "EmbeddingExample", dependencies: ["Restate"], path: "Examples/embedding",
            packageAccess: false, swiftSettings: strict),
        // Tests, in the same order.
        .target(
            name: "Support", dependencies: ["Primitives", "RestateProtocol", "RestateHTTP"],
            path: "Tests/Support", swiftSettings: strict),
        .target(
            name: "EndpointSupport", dependencies: ["Restate"], path: "Tests/EndpointSupport",
            swiftSettings: strict),
        tests("TimesTests", ["Times"]),
        tests("PrimitivesTests", ["Primitives"]),
        tests("CanonicalJSONTests", ["CanonicalJSON", "Primitives"]),
        tests("RestateProtocolTests", ["Primitives", "RestateProtocol", "Support"]),
        tests("RestateHTTPTests", ["Primitives", "RestateHTTP", "Support"]),
        tests(
            "RestateMachineTests", ["Primitives", "RestateMachine", "RestateProtocol", "Support"]),
        tests(
            "RestateTests",
            [
                "CanonicalJSON", "Commands", "Primitives", "Restate", "RestateHTTP",
                "RestateIdentity", "RestateMachine", "RestateProtocol", "RestateServices",
                "Support",
                "TestServices",
            ]),
        tests(
            "RestateLocalTests",
            [
                "CanonicalJSON", "Nexus", "Primitives", "Restate", "RestateClient", "RestateHTTP",
                "RestateLocal", "RestateProtocol", "RestateRuntime", "SQLEngine", "SQLite",
                "Support", "TestServices", "Times",
            ]),
        tests(
            "RestateClientTests",
            [
                "Primitives", "Restate", "RestateClient", "RestateHTTP", "RestateLocal", "Support",
                "TestServices",
            ]),
        tests(
            "RestateLambdaTests",
            [
                "CanonicalJSON", "Primitives", "Restate", "RestateIdentity", "RestateLambda",
                "RestateProtocol", "Support", "TestServices",
            ]),
        tests(
            "RestateTestingTests",
            ["Nexus", "Restate", "RestateTesting", "Support", "TestServices"]),
        // The guide's examples, as they stand there.
        tests(
            "GuideTests",
            [
                "EmbeddingExample", "Restate", "RestateClient", "RestateLambda", "RestateLocal",
                "RestateTesting", "Support",
            ]),
        tests("FuzzersTests", ["Fuzzers", "Support"]),
        tests(
            "LocalCommandTests",
            [
                "EndpointSupport", "LocalCommand", "Primitives", "Restate", "RestateClient",
                "RestateHTTP",
                "RestateLocal", "RestateRuntime", "Support",
            ]),
        tests(
            "NexusTests",
            [
                "CanonicalJSON", "EndpointSupport", "Nexus", "NexusOperations", "Primitives",
                "Restate",
                "RestateClient",
                "RestateHTTP", "RestateLocal", "RestateProtocol", "RestateTesting", "Support",
            ]),
        tests(
            "NexusPageTests",
            [
                "CanonicalJSON", "EndpointSupport", "Nexus", "NexusPage", "Restate",
                "RestateClient", "RestateHTTP",
                "RestateLocal", "RestateServices", "Support",
            ]),
        tests(
            "NexusLoadTests",
            ["Nexus", "NexusLoad", "NexusOperations", "Restate", "Support"]),
        tests(
            "NexusScenariosTests",
            [
                "Nexus", "NexusScenarios", "Primitives", "Restate", "RestateClient", "RestateHTTP",
                "RestateLocal", "Support",
            ]),
        tests(
            "PatternsTests",
            [
                "EndpointSupport", "Patterns", "Restate", "RestateClient", "RestateLocal",
                "RestateTesting", "Support",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
