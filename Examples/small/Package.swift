// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "small",
    dependencies: [
        // Without Date, UUID and what else needs Foundation.
        .package(name: "restate-sdk-swift", path: "../..", traits: ["WithoutFoundation"])
    ],
    targets: [
        .executableTarget(
            name: "Small",
            dependencies: [.product(name: "Restate", package: "restate-sdk-swift")]),
        .testTarget(
            name: "SmallTests",
            dependencies: [
                "Small", .product(name: "RestateTesting", package: "restate-sdk-swift"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
