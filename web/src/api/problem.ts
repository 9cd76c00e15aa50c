/** One field that was refused: a JSON pointer into the body (or query/name …), and what to do. */
export interface FieldProblem {
  pointer: string;
  code: string;
  /** In the user's language. */
  title: string;
}

interface ProblemBody {
  title?: string;
  detail?: string;
  code?: string;
  args?: Record<string, unknown>;
  errors?: { pointer: string; code: string; title: string }[];
  request_id?: string;
}

/** What the API answers instead of success (RFC 9457), or what kept us from an answer: status 0, code "network". */
export class Problem extends Error {
  override name = 'Problem';
  constructor(
    readonly status: number,
    readonly code: string,
    /** Already in the user's language; empty when nobody answered. */
    readonly title: string,
    readonly detail: string,
    readonly fields: FieldProblem[],
    /** What support needs to find it in the log. */
    readonly supportId: string,
    readonly args: Record<string, unknown> = {},
  ) {
    super(title || code);
  }

  /** The text for the field at `pointer` ("/phone"), if that field was refused. */
  field(pointer: string): string | undefined {
    return this.fields.find((field) => field.pointer === pointer)?.title;
  }
}

export const networkProblem = (): Problem => new Problem(0, 'network', '', '', [], '');

/** Reads a refused answer, whatever it is made of: a proxy's HTML page becomes a problem too. */
export async function readProblem(response: Response): Promise<Problem> {
  const body: ProblemBody = await response
    .clone()
    .json()
    .catch(() => ({}));
  return new Problem(response.status, body.code ?? `http.${response.status}`, body.title ?? '', body.detail ?? '', body.errors ?? [], body.request_id ?? '', body.args);
}

export function isProblem(error: unknown, code?: string): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code);
}
