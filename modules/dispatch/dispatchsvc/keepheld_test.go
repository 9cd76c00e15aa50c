package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/modules/dispatch"
)

// A guest is nearer, and by the ways that their home knows could not come: what somebody who
// is ill was promised goes to the next best, and where there is nobody else it is counted as
// what nobody can keep.
func TestKeptByWhoCanCome(t *testing.T) {
	for _, alone := range []bool{false, true} {
		t.Run(fmt.Sprintf("alone %v", alone), func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				k.autonomy(t, dispatch.Keeping)
				ill := k.hire(t, "")
				_, out := k.book(t, k.visit(t, 1, 60, near(30)), ill, tuesday(8))
				a := out["id"].(string)
				guest := k.hireAt(t, potsdam, "")
				k.lend(t, guest, 100, "", berlin)
				other := guest
				if !alone {
					other = k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13000000}`) // farther away
				}
				if status, out := k.book(t, k.visitAt(t, potsdam, 2, 50, near(0)), guest, tuesday(8)); status != 201 {
					t.Fatal(out)
				}
				k.learnt(t, potsdam, 2000)
				k.want(t, 200, "PUT", "/v1/technicians/"+ill.String()+"/absences", `{"absences":[{"day":"2026-11-24","reason":"sick"}]}`)
				k.at(t, 2*time.Second)
				e := k.engine(t)
				if alone {
					if k.whose(t, a) != ill.String() || e["unkept"] != 1.0 || e["kept"] != 0.0 {
						t.Errorf("it is with %s, %v kept and %v not", k.whose(t, a), e["kept"], e["unkept"])
					}
				} else if k.whose(t, a) != other.String() || e["unkept"] != 0.0 || e["kept"] != 1.0 {
					t.Errorf("it is with %s, %v kept and %v not", k.whose(t, a), e["kept"], e["unkept"])
				}
			})
		})
	}
}
