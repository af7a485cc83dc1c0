public import Commands
internal import Foundation
internal import NexusPage
public import Restate
internal import RestateClient

/// The flags of the page.
public struct PageFlags {
    private static let ingressFlag = "--ingress-url"
    private static let standardIngress = "http://localhost:8080"
    private static let offFlag = "--no-page"
    /// What the page asks for again and again is not waited for long.
    private static let retries = ClientRetryPolicy(maxAttempts: 3)

    /// Where the server is in the same process.
    public static let inside = Flag(toggle: offFlag, "without the web page")
    static let flags = [
        Flag(
            ingressFlag, "U", "the ingress where the web page books", standard: standardIngress),
        Flag(
            "--token", "T", "bearer token for the ingress", aliases: ["RESTATE_AUTH_TOKEN"],
            isSecret: true),
        inside,
    ]

    /// Nil if there is none.
    private let page: BoxOfficePage?

    /// The page with an ingress that is known later.
    public init(inside arguments: Arguments) {
        page = arguments.isOn(Self.offFlag) ? nil : BoxOfficePage()
    }

    init(_ arguments: Arguments) throws(UsageError) {
        let url = try arguments.address(
            Self.ingressFlag, arguments.text(Self.ingressFlag) ?? Self.standardIngress)
        let client = RestateClient(
            ingress: url, token: arguments.text("--token"), retries: Self.retries)
        page = arguments.isOn(Self.offFlag) ? nil : BoxOfficePage(ingress: client)
    }

    public func added(to endpoint: Endpoint) -> Endpoint {
        page?.added(to: endpoint) ?? endpoint
    }

    /// The server that is started in this process listens.
    public func open(at url: String) {
        guard let url = URL(string: url) else { return }
        page?.open(at: RestateClient(ingress: url, retries: Self.retries))
    }

    /// A line that says where the page is.
    public func line(_ url: String) -> String {
        page == nil ? "" : "\n  page      \(url)/"
    }
}
