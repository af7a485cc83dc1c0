import Testing

@testable import Nexus

struct GatewayURLTests {
    @Test(arguments: [
        ("http://pay", "http://pay/api/mock-payment"),
        ("http://pay:9090/", "http://pay:9090/api/mock-payment"),
        ("HTTP://127.0.0.1:80/charge/", "http://127.0.0.1/charge"),
        ("http://[::1]:7/x", "http://[::1]:7/x"),
        ("http://[::1]", "http://[::1]/api/mock-payment"),
        ("https://pay", "https://pay/api/mock-payment"),
        ("https://pay:443/x", "https://pay/x"),
        ("https://pay:80", "https://pay:80/api/mock-payment"),
    ])
    func `a path is that of charges, and none is the mock gateway's`(
        text: String, url: String
    ) throws {
        #expect(try GatewayURL(text).description == url)
    }

    @Test(arguments: [
        "", "pay:9090", "ftp://pay", "http://", "https://", "http://:80", "http://pay:0",
        "http://pay:x",
        "http://u@pay", "http://pay/?a=b", "http://pay/a b", "http://a b", "http://a,b:80",
        "http://pay;x/",
    ])
    func `what is no address is refused with a reason`(text: String) {
        let error = #expect(throws: InvalidURL.self) { try GatewayURL(text) }
        #expect(error?.description.hasPrefix("'\(text)' cannot be a gateway's URL: ") == true)
    }
}
