// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "caller",
    dependencies: [
        .package(name: "restate-sdk-swift", path: "../..")
    ],
    targets: [
        // Shared by who serves the handlers and who calls them.
        .target(
            name: "Greetings",
            dependencies: [.product(name: "RestateServices", package: "restate-sdk-swift")]),
        .executableTarget(
            name: "Greet",
            dependencies: [
                "Greetings", .product(name: "RestateClient", package: "restate-sdk-swift"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
