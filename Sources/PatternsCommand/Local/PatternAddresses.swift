internal import Foundation
internal import Patterns

/// Where everything of a running pattern is.
struct PatternAddresses {
    let ingressPort: Int
    let adminPort: Int
    let endpointPort: Int
    let partsPort: Int
    let appPort: Int?
    let databaseURL: String?

    static func url(_ port: Int) -> String { "http://localhost:\(port)" }

    /// What is said when all is there.
    func description(of pattern: Pattern) -> String {
        let database = databaseURL.map { "\n  database  \($0)" } ?? ""
        return """
            \(pattern.name): \(pattern.purpose)
              ingress   \(Self.url(ingressPort))
              admin     \(Self.url(adminPort))
              services  \(Self.url(endpointPort))
              effects   \(Self.url(partsPort))/effects\(database)

            \(lines(of: pattern))
            """
    }

    /// The lines to try it out, with the ports that there are.
    private func lines(of pattern: Pattern) -> String {
        var text = pattern.lines
            .replacing("localhost:8080", with: "localhost:\(ingressPort)")
            .replacing("localhost:9070", with: "localhost:\(adminPort)")
        if let appPort { text = text.replacing("localhost:5050", with: "localhost:\(appPort)") }
        if let databaseURL { text = text.replacing(ExampleDatabase.url, with: databaseURL) }
        guard Self.url(ingressPort) != IngressChoice.standard else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { calling(String($0)) }.joined(separator: "\n")
    }

    /// A line with a client of this program, told where to call.
    private func calling(_ line: String) -> String {
        guard line.hasPrefix("patterns ") else { return line }
        let ingress = Self.url(ingressPort)
        // The examples take it as a word.
        if line.hasPrefix("patterns promiseasaservice") { return "\(line) \(ingress)" }
        let document = line.range(of: " <<")?.lowerBound ?? line.endIndex
        return "\(line[..<document]) --ingress \(ingress)\(line[document...])"
    }
}
