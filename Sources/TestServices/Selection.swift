import Commands
import Restate

/// The services that a comma separated list names. None, or `*` among them: all.
func selected(
    _ names: String?, of services: [any RestateService]
) throws(UsageError) -> [any RestateService] {
    let wanted = Set((names ?? "").split { $0 == "," || $0 == " " }.map(String.init))
    if wanted.isEmpty || wanted.contains("*") { return services }
    let known = services.map { type(of: $0).name }
    if let unknown = wanted.subtracting(known).sorted().first {
        throw UsageError(
            "$SERVICES names '\(unknown)', which is none of "
                + known.joined(separator: ", ") + ".")
    }
    return services.filter { wanted.contains(type(of: $0).name) }
}
