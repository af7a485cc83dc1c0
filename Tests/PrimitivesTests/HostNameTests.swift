import Primitives
import Testing

struct HostNameTests {
    @Test(arguments: [
        "localhost", "a.b-c.d", "db_1", "example.org.", "127.0.0.1", "127.1", "0.0.0.0", "1and1.de",
        "xn--bcher-kva.example",
    ])
    func `names and addresses are hosts, and stand in a URL as they are`(text: String) {
        #expect(HostName(text)?.text == text)
        #expect(HostName(text)?.inURL == text)
    }

    @Test(arguments: ["::1", "::", "fe80::1%eth0", "::ffff:10.0.0.1", "2001:db8::a"])
    func `an IPv6 address is one with brackets and without`(text: String) {
        for written in [text, "[\(text)]"] {
            #expect(HostName(written)?.text == text)
            #expect(HostName(written)?.inURL == "[\(text)]")
        }
    }

    @Test(arguments: [
        "", " ", ".", "a/b", "a b", " a", "a\n", "a:80", "[::1]:80", "::1]", "[::1", "[a]", "[]",
        "http://a",
        "u@a", "a..b", "-a", "a-", "*", "*.a", "a,b", "300.1.1.1", "1.2.3.4.5", "a.1", "1::2::3",
        "::1%", "b\u{fc}cher.example", String(repeating: "a", count: 64),
    ])
    func `what is no host is none`(text: String) {
        #expect(HostName(text) == nil)
    }
}
