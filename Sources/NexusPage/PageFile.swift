internal import Restate

/// A file of the page. The files are in the program itself, so that it may be copied anywhere.
struct PageFile: Sendable {
    let path: String
    let type: String
    let bytes: [UInt8]

    private init(_ path: String, _ type: String, _ bytes: [UInt8]) {
        self.path = path
        self.type = type
        self.bytes = bytes
    }

    static let all = [
        PageFile("/", "text/html; charset=utf-8", PackageResources.index_html),
        PageFile("/page/page.css", "text/css; charset=utf-8", PackageResources.page_css),
        PageFile("/page/checkout.css", "text/css; charset=utf-8", PackageResources.checkout_css),
        PageFile("/page/page.js", script, PackageResources.page_js),
        PageFile("/page/hall.js", script, PackageResources.hall_js),
        PageFile("/page/checkout.js", script, PackageResources.checkout_js),
        PageFile("/page/bookings.js", script, PackageResources.bookings_js),
        PageFile("/page/stream.js", script, PackageResources.stream_js),
        PageFile("/page/icon.svg", "image/svg+xml", PackageResources.icon_svg),
    ]

    private static let script = "text/javascript; charset=utf-8"

    /// Nothing comes from elsewhere, nothing is inline, and nobody puts the page into a frame.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'",
        "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    var response: RouteResponse {
        RouteResponse(
            headers: [
                ("content-type", type),
                // A new build's files must not meet the old ones.
                ("cache-control", "no-cache"),
                ("content-security-policy", Self.policy),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ], body: bytes)
    }
}
