import EndpointSupport
import Restate
import RestateHTTP
import Testing

@testable import NexusPage

@Suite(.timeLimit(.minutes(10)))
struct PageFileTests {
    @Test func `every file is served, with a policy that lets nothing in from elsewhere`()
        async throws
    {
        try await serving(BoxOfficePage().added(to: Endpoint([]))) { port in
            for file in PageFile.all {
                let answer = try await Browsing(port: port).get(file.path)
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"] == file.type)
                #expect(Array(answer.text.utf8) == file.bytes)
                let policy = answer.headers["content-security-policy"] ?? ""
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
                #expect(!policy.contains("unsafe") && !policy.contains("*"))
                #expect(answer.headers["x-content-type-options"] == "nosniff")
            }
        }
    }

    @Test func `what the files name is served too`() throws {
        let paths = PageFile.all.map(\.path)
        let page = try text("/")
        let named = page.matches(of: #/(?:src|href)="(/[^"]*)"/#).map { String($0.1) }
        #expect(named.count >= 5)
        for path in named { #expect(paths.contains(path)) }
        for file in PageFile.all where file.type.hasPrefix("text/javascript") {
            for match in try text(file.path).matches(of: #/from "\.(/[^"]*)"/#) {
                #expect(paths.contains("/page\(match.1)"))
            }
        }
    }

    @Test func `nothing is inline, and nothing is of another site`() throws {
        let page = try text("/")
        for trace in ["style=", "<style", "onclick", "javascript:", "://"] {
            #expect(!page.contains(trace))
        }
        #expect(page.matches(of: #/<script[^>]*>/#).allSatisfy { $0.0.contains("src=") })
        for file in PageFile.all where file.path != "/page/icon.svg" {
            let content = try text(file.path)
            #expect(!content.contains("http"))
        }
    }

    @Test func `ids that the scripts look for are in the page`() throws {
        let page = try text("/")
        for file in PageFile.all where file.type.hasPrefix("text/javascript") {
            for match in try text(file.path).matches(of: #/(?:byID|getElementById)\("([^"]+)"\)/#) {
                #expect(page.contains("id=\"\(match.1)\""))
            }
        }
    }

    private func text(_ path: String) throws -> String {
        let file = try #require(PageFile.all.first { $0.path == path })
        return String(decoding: file.bytes, as: UTF8.self)
    }
}
