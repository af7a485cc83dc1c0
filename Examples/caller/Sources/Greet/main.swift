import Greetings
import RestateClient

let client = try RestateClient.fromEnvironment()
for name in CommandLine.arguments.dropFirst() {
    print(try await client.service(Greetings.self).greet(name))
}
