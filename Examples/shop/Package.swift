// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "shop",
    dependencies: [
        // Where the SDK's repository was cloned to.
        .package(name: "restate-sdk-swift", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "Shop",
            dependencies: [.product(name: "Restate", package: "restate-sdk-swift")]),
        .testTarget(
            name: "ShopTests",
            dependencies: [
                "Shop", .product(name: "RestateTesting", package: "restate-sdk-swift"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
